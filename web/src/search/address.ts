// The state of a search as the query of an address, and back: what makes links that last.
import type { LocationQuery, LocationQueryRaw } from "vue-router";
import {
  defaultOptions,
  type Filters,
  GROUPS_MAX,
  isMode,
  LIST_FILTERS,
  type ListFilter,
  noFilters,
  type Options,
  type PastId,
  type Query,
  type Region,
} from "./query";

const NAMES: Record<ListFilter, string> = {
  loc_class: "class",
  us_class: "us-class",
  applicant: "applicant",
  country: "country",
  status: "status",
  tags: "tag",
  folder: "folder",
  format: "format",
  attributes: "attribute",
};

/** Pictures that are nowhere but in this tab. */
const UNSAVED = "new";

/** Of a search's answer. */
const TOKEN = /^[0-9a-f]{32}$/;

export type Asked =
  | { kind: "item"; id: number; region: Region | null }
  | { kind: "history"; id: PastId }
  | { kind: "unsaved" }
  | { kind: "words"; text: string }
  | null;

export function toAddress(query: Query | null, options: Options): LocationQueryRaw {
  const address: LocationQueryRaw = {};
  if (query?.kind === "item") {
    address["item"] = String(query.id);
    if (query.region) address["region"] = regionText(query.region);
  } else if (query?.kind === "words") {
    address["q"] = query.text;
  } else if (query?.kind === "history") {
    address[typeof query.id === "string" ? "shared" : "search"] = String(query.id);
  } else if (query) {
    address["search"] = String(query.historyId ?? UNSAVED);
  }
  if (options.collection) address["collection"] = options.collection;
  if (options.groups !== defaultOptions().groups) address["n"] = String(options.groups);
  if (options.limit !== null) address["limit"] = String(options.limit);
  if (options.frontPages) address["front"] = "1";
  if (options.mode !== "auto") address["as"] = options.mode;
  if (options.like.length > 0) address["like"] = options.like.map(String);
  if (options.unlike.length > 0) address["unlike"] = options.unlike.map(String);
  return { ...address, ...filtersToAddress(options.filters) };
}

/** The same for others: what is nowhere but in one's own history is named by its token. */
export function toSharedAddress(own: LocationQueryRaw, token: string): LocationQueryRaw {
  const { search, ...others } = own;
  return search ? { shared: token, ...others } : own;
}

export function filtersToAddress(filters: Filters): LocationQueryRaw {
  const address: LocationQueryRaw = {};
  if (filters.keyword.trim()) address["words"] = filters.keyword.trim();
  for (const name of LIST_FILTERS) {
    if (filters[name].length > 0) address[NAMES[name]] = [...filters[name]];
  }
  if (filters.fromYear !== null) address["from"] = String(filters.fromYear);
  if (filters.toYear !== null) address["to"] = String(filters.toYear);
  if (filters.after !== null) address["after"] = String(filters.after);
  if (filters.addedFrom !== null) address["added-from"] = filters.addedFrom;
  if (filters.addedTo !== null) address["added-to"] = filters.addedTo;
  return address;
}

export function fromAddress(address: LocationQuery): { asked: Asked; options: Options } {
  const options = defaultOptions();
  options.collection = one(address, "collection");
  const groups = number(address, "n") ?? options.groups;
  options.groups = Math.min(GROUPS_MAX, Math.max(1, Math.round(groups)));
  options.limit = number(address, "limit");
  options.frontPages = one(address, "front") === "1";
  const mode = one(address, "as");
  if (isMode(mode)) options.mode = mode;
  options.like = ids(address, "like");
  options.unlike = ids(address, "unlike").filter((id) => !options.like.includes(id));
  options.filters = filtersFromAddress(address);
  return { asked: askedIn(address), options };
}

export function filtersFromAddress(address: LocationQuery): Filters {
  const filters = noFilters();
  filters.keyword = one(address, "words") ?? "";
  for (const name of LIST_FILTERS) filters[name] = all(address, NAMES[name]);
  filters.fromYear = number(address, "from");
  filters.toYear = number(address, "to");
  filters.after = number(address, "after");
  filters.addedFrom = day(address, "added-from");
  filters.addedTo = day(address, "added-to");
  return filters;
}

function askedIn(address: LocationQuery): Asked {
  const item = number(address, "item");
  if (item !== null) return { kind: "item", id: item, region: parseRegion(one(address, "region")) };
  const text = one(address, "q")?.trim();
  if (text) return { kind: "words", text };
  const past = number(address, "search");
  if (past !== null) return { kind: "history", id: past };
  const token = one(address, "shared");
  if (token && TOKEN.test(token)) return { kind: "history", id: token };
  return one(address, "search") === UNSAVED ? { kind: "unsaved" } : null;
}

export function regionText({ x, y, w, h }: Region): string {
  return [x, y, w, h].map((value) => Number(value.toFixed(4))).join(",");
}

function parseRegion(text: string | null): Region | null {
  const [x, y, w, h, ...rest] = (text ?? "").split(",").map(Number);
  if (x === undefined || y === undefined || w === undefined || h === undefined) return null;
  const inside = [x, y, w, h].every((value) => value >= 0 && value <= 1) && w > 0 && h > 0;
  return rest.length === 0 && inside ? { x, y, w, h } : null;
}

function ids(address: LocationQuery, name: string): number[] {
  const numbers = all(address, name).map(Number);
  return [...new Set(numbers.filter((id) => Number.isInteger(id) && id >= 0))];
}

function all(address: LocationQuery, name: string): string[] {
  const value = address[name];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((text): text is string => Boolean(text));
}

/** The first value of a name, if it has one. */
export function one(address: LocationQuery, name: string): string | null {
  return all(address, name)[0] ?? null;
}

function day(address: LocationQuery, name: string): string | null {
  const text = one(address, name);
  return text && /^\d{4}-\d\d-\d\d$/.test(text) ? text : null;
}

export function number(address: LocationQuery, name: string): number | null {
  const text = one(address, name);
  const value = Number(text);
  return text !== null && Number.isFinite(value) ? value : null;
}
