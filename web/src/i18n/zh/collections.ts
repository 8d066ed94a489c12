import type { Messages } from "../en";

export default {
  title: "集合",
} satisfies Messages["collections"];
