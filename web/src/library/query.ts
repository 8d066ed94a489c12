// Which images of a collection are listed, and in what order: the state of the images page.
import { type Filters, filterCount, noFilters } from "../search/query";
import { filterParameters, type Parameters } from "../search/request";

export const SORTS = ["name", "patent", "granted", "size", "added"] as const;
export type Sort = (typeof SORTS)[number];
export type Order = "asc" | "desc";

export const VIEWS = ["gallery", "table"] as const;
export type View = (typeof VIEWS)[number];

export interface ImageQuery {
  filters: Filters;
  /** Part of the file's name. */
  file: string;
  sort: Sort;
  order: Order;
  /** Null: as it was chosen last. */
  view: View | null;
}

const API_SORTS: Record<Sort, string> = {
  added: "created_at",
  name: "file_name",
  patent: "patent_id",
  granted: "pub_date",
  size: "file_size",
};

/** The newest and largest first, names from A. */
export function usualOrder(sort: Sort): Order {
  return sort === "name" || sort === "patent" ? "asc" : "desc";
}

export function defaultImageQuery(): ImageQuery {
  return { filters: noFilters(), file: "", sort: "name", order: usualOrder("name"), view: null };
}

export function isFiltered(query: ImageQuery): boolean {
  return filterCount(query.filters) > 0 || query.file.trim() !== "";
}

export function filtersOf(query: ImageQuery): Parameters {
  return { ...filterParameters(query.filters), file_name: query.file.trim() || null };
}

export function listParameters(collection: string, query: ImageQuery): Parameters {
  return { collection, ...filtersOf(query), sort: API_SORTS[query.sort], order: query.order };
}
