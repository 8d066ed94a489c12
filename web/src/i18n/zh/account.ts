import type { Messages } from "../en";

export default {
  title: "账户",
} satisfies Messages["account"];
