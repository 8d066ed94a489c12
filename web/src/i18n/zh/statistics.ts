import type { Messages } from "../en";

export default {
  title: "统计",
} satisfies Messages["statistics"];
