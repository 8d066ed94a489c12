// Where an image has a page of its own, and what it is called.
import type { RouteLocationRaw } from "vue-router";
import type { Item } from "../api/types";
import { patentOf } from "../search/places";

export function placeOf(item: Item): RouteLocationRaw {
  if (!item.patent_id) return { name: "item", params: { item: String(item.id) } };
  return patentOf(item.patent_id, item);
}

/** Short: the patent and its page, else the file. */
export function nameOf(item: Item): string {
  if (!item.patent_id) return item.file_name;
  return [item.patent_id, pageOf(item)].filter(Boolean).join(" ");
}

/** `D00012` as `12`. */
export function pageOf(item: Item): string {
  return item.page_num?.replace(/^D0*(?=.)/, "") ?? "";
}
