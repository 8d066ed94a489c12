// What is searched for, and how: the state of the search page.
import type { HistoryEntry, Item } from "../api/types";
import type { Figure } from "./figures";

/** A part of a picture in fractions of its sides. */
export interface Region {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A page of a file that the user brought. */
export interface FilePage {
  /** Counted from 1. */
  page: number;
  /** What an `img` shows, small; null of a page that can't be read. */
  url: string | null;
  chosen: boolean;
}

/** A picture that the user brought. */
export interface Picture {
  key: number;
  file: File;
  /** What an `img` shows; null until the server has made a preview of it. */
  url: string | null;
  unreadable: boolean;
  region: Region | null;
  /** What there is to choose from, as soon as the server has said it. */
  figures: Figure[];
  /** Of a PDF or TIFF of several pages, as soon as they are known. */
  pages: FilePage[] | null;
}

/** The pages of a file that are searched with; null leaves that to the server. */
export function chosenPages({ pages }: Picture): number[] | null {
  return pages && pages.filter((one) => one.chosen).map((one) => one.page);
}

/** A search of one's own history by its number, or anybody's by its token, which a link gave. */
export type PastId = number | string;

export type Query =
  | { kind: "words"; text: string }
  | { kind: "files"; pictures: Picture[]; historyId: number | null }
  | { kind: "item"; id: number; item: Item | null; region: Region | null; figures: Figure[] }
  | { kind: "history"; id: PastId; entry: HistoryEntry | null };

export const LIST_FILTERS = [
  "loc_class",
  "us_class",
  "applicant",
  "country",
  "status",
  "tags",
  "folder",
  "format",
  "attributes",
] as const;
export type ListFilter = (typeof LIST_FILTERS)[number];

export type Filters = Record<ListFilter, string[]> & {
  keyword: string;
  fromYear: number | null;
  toYear: number | null;
  /** Only what was added after this item. */
  after: number | null;
  /** Days on which images were added: `2026-01-31`. */
  addedFrom: string | null;
  addedTo: string | null;
};

export const MODES = ["auto", "photo", "drawing", "both"] as const;
export type Mode = (typeof MODES)[number];

export function isMode(name: string | null | undefined): name is Mode {
  return MODES.some((mode) => mode === name);
}

export interface Options {
  collection: string | null;
  /** Patents wanted. */
  groups: number;
  /** Lowest score, or largest distance where that is the metric; null: the server's own. */
  limit: number | null;
  frontPages: boolean;
  /** As what photos are searched for. */
  mode: Mode;
  /** Images that hits are to be more like, by their ids, and less like. */
  like: number[];
  unlike: number[];
  filters: Filters;
}

export const GROUPS_MAX = 100;

export function noFilters(): Filters {
  return {
    keyword: "",
    loc_class: [],
    us_class: [],
    applicant: [],
    country: [],
    status: [],
    tags: [],
    folder: [],
    format: [],
    attributes: [],
    fromYear: null,
    toYear: null,
    after: null,
    addedFrom: null,
    addedTo: null,
  };
}

export function defaultOptions(): Options {
  return {
    collection: null,
    groups: 10,
    limit: null,
    frontPages: false,
    mode: "auto",
    like: [],
    unlike: [],
    filters: noFilters(),
  };
}

export function filterCount(filters: Filters): number {
  const lists = LIST_FILTERS.reduce((sum, name) => sum + filters[name].length, 0);
  const years = filters.fromYear !== null || filters.toYear !== null;
  const days = filters.addedFrom !== null || filters.addedTo !== null;
  const others = [filters.keyword.trim() !== "", years, days, filters.after !== null];
  return lists + others.filter(Boolean).length;
}
