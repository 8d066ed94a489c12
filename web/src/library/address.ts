// The state of the images page as the query of an address, and back; the filters as in a search's.
import type { LocationQuery, LocationQueryRaw } from "vue-router";
import { filtersFromAddress, filtersToAddress, one } from "../search/address";
import { defaultImageQuery, type ImageQuery, SORTS, usualOrder, VIEWS } from "./query";

export function toAddress(collection: string | null, query: ImageQuery): LocationQueryRaw {
  const address: LocationQueryRaw = {};
  if (collection) address["collection"] = collection;
  Object.assign(address, filtersToAddress(query.filters));
  if (query.file.trim()) address["file"] = query.file.trim();
  if (query.sort !== defaultImageQuery().sort) address["sort"] = query.sort;
  if (query.order !== usualOrder(query.sort)) address["order"] = query.order;
  if (query.view) address["view"] = query.view;
  return address;
}

export function fromAddress(address: LocationQuery): ImageQuery {
  const query = defaultImageQuery();
  query.filters = filtersFromAddress(address);
  query.file = one(address, "file") ?? "";
  query.sort = SORTS.find((sort) => sort === one(address, "sort")) ?? query.sort;
  const order = one(address, "order");
  query.order = order === "asc" || order === "desc" ? order : usualOrder(query.sort);
  query.view = VIEWS.find((view) => view === one(address, "view")) ?? null;
  return query;
}
