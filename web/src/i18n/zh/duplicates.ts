import type { Messages } from "../en";

export default {
  title: "近似重复",
} satisfies Messages["duplicates"];
