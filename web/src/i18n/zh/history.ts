import type { Messages } from "../en";

export default {
  title: "历史",
} satisfies Messages["history"];
