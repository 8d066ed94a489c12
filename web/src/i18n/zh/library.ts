import type { Messages } from "../en";

export default {
  title: "图片",
  parts: "图库的各部分",
} satisfies Messages["library"];
