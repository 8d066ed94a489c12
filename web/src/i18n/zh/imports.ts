import type { Messages } from "../en";

export default {
  title: "导入",
} satisfies Messages["imports"];
