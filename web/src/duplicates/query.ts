// What counts as a duplicate: the state of the duplicates page, and its address.
import type { LocationQuery, LocationQueryRaw } from "vue-router";
import type { Collection } from "../api/types";
import { number, one } from "../search/address";
import type { Metric } from "../search/request";

export interface DuplicatesQuery {
  /** Worst score of a duplicate; null: the usual one, which only cosine has. */
  threshold: number | null;
  samePatent: boolean;
  /** Which of the sheets of different patents to delete is seldom a question. */
  acrossPatents: boolean;
  page: number;
}

export const PAGE_SIZE = 10;

/** What the server takes for cosine, and what it takes when nothing is asked for and no encoder says
 * otherwise. */
export const LOWEST = 0.5;
const USUAL = 0.95;
const STEP = 0.05;

/** From where a collection's encoder takes pictures for edited copies. */
export function usualOf(collection: Collection | null | undefined): number {
  return collection?.model?.near_duplicate ?? USUAL;
}

export function toAddress(collection: string | null, query: DuplicatesQuery): LocationQueryRaw {
  const address: LocationQueryRaw = {};
  if (collection) address["collection"] = collection;
  if (query.threshold !== null) address["threshold"] = String(query.threshold);
  if (query.samePatent) address["same"] = "1";
  if (query.acrossPatents) address["across"] = "1";
  if (query.page > 1) address["page"] = String(query.page);
  return address;
}

export function fromAddress(address: LocationQuery): DuplicatesQuery {
  return {
    threshold: number(address, "threshold"),
    samePatent: one(address, "same") === "1",
    acrossPatents: one(address, "across") === "1",
    page: Math.max(1, Math.round(number(address, "page") ?? 1)),
  };
}

/** What is asked for, within what the server takes; null where only the user knows how near is near. */
export function within(query: DuplicatesQuery, metric: Metric): DuplicatesQuery | null {
  const { threshold } = query;
  if (metric !== "cosine") return threshold === null ? null : query;
  return {
    ...query,
    threshold: threshold === null ? null : Math.min(1, Math.max(LOWEST, threshold)),
  };
}

/** The next looser threshold that is worth a try; null where there is none. */
export function looser(threshold: number): number | null {
  const next = Math.ceil((threshold - STEP) * 20 - 1e-6) / 20;
  return next >= LOWEST && next < threshold ? next : null;
}
