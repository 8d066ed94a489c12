// The columns of the table of images; those of patents are left out where there are none.
import type { Sort } from "./query";

interface Column {
  name:
    "name" | "patent" | "title" | "description" | "class" | "granted" | "size" | "tags" | "added";
  /** By what it sorts the table, if it does. */
  sort: Sort | null;
  /** Whether it holds figures. */
  figure: boolean;
}

const text = (name: Column["name"], sort: Sort | null = null): Column => ({
  name,
  sort,
  figure: false,
});
const figure = (name: Column["name"], sort: Sort): Column => ({ name, sort, figure: true });

const OF_PATENTS: readonly Column[] = [
  text("name", "name"),
  text("patent", "patent"),
  text("title"),
  text("class"),
  figure("granted", "granted"),
  figure("size", "size"),
  text("tags"),
  figure("added", "added"),
];

const OF_PICTURES: readonly Column[] = [
  text("name", "name"),
  text("description"),
  figure("size", "size"),
  text("tags"),
  figure("added", "added"),
];

export function columnsOf(pictures: boolean): readonly Column[] {
  return pictures ? OF_PICTURES : OF_PATENTS;
}

export function sortsOf(pictures: boolean): Sort[] {
  return columnsOf(pictures).flatMap(({ sort }) => (sort ? [sort] : []));
}
