// Searches of the past: how they were made, and on which day.
import type { HistoryEntry } from "../api/types";
import { defaultOptions, isMode, LIST_FILTERS, type Options } from "./query";

/** What an entry records of its parameters is of the forms that searches take. */
export function valuesOf(entry: HistoryEntry, name: string): string[] {
  const value = (entry.parameters as Record<string, unknown>)[name];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one) => one !== undefined && one !== null).map(String);
}

function numberOf(entry: HistoryEntry, name: string): number | null {
  const [value] = valuesOf(entry, name);
  return value === undefined ? null : Number(value);
}

/** The options with which the search page makes the search again as it was. */
export function optionsOf(entry: HistoryEntry): Options {
  const options = defaultOptions();
  const year = (name: string) => {
    const day = numberOf(entry, name);
    return day === null ? null : Math.floor(day / 10_000);
  };
  options.collection = valuesOf(entry, "collection")[0] ?? null;
  options.groups = numberOf(entry, "top_groups") ?? options.groups;
  options.limit = numberOf(entry, "min_score") ?? numberOf(entry, "max_distance");
  options.frontPages = valuesOf(entry, "include_front_page")[0] === "true";
  const [mode] = valuesOf(entry, "mode");
  if (isMode(mode)) options.mode = mode;
  options.like = valuesOf(entry, "like").map(Number);
  options.unlike = valuesOf(entry, "unlike").map(Number);
  options.filters.keyword = valuesOf(entry, "keyword")[0] ?? "";
  for (const name of LIST_FILTERS) options.filters[name] = valuesOf(entry, name);
  options.filters.fromYear = year("pub_date_from");
  options.filters.toYear = year("pub_date_to");
  options.filters.after = numberOf(entry, "after_item");
  const day = (name: string) =>
    valuesOf(entry, name)[0]?.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3") ?? null;
  options.filters.addedFrom = day("created_from");
  options.filters.addedTo = day("created_to");
  return options;
}

/** The known entries, brought up to date by the first page of all. */
export function withNewest(
  known: readonly HistoryEntry[],
  newest: HistoryEntry[],
  total: number,
): HistoryEntry[] {
  const ids = new Set(newest.map(({ id }) => id));
  const older = known.filter(({ id }) => !ids.has(id));
  const isWhole = newest.length >= total;
  const isGap = older.length === known.length;
  return isWhole || isGap ? newest : [...newest, ...older];
}

export interface Day {
  /** A moment of it, in Unix seconds. */
  moment: number;
  entries: HistoryEntry[];
}

/** Days as the clock on the wall has them, in the order of the entries. */
export function byDay(entries: readonly HistoryEntry[]): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last && isSameDay(last.moment, entry.created_at)) last.entries.push(entry);
    else days.push({ moment: entry.created_at, entries: [entry] });
  }
  return days;
}

/** How many midnights lie between. */
export function daysBefore(now: Date, unixSeconds: number): number {
  const midnight = (date: Date) => new Date(date).setHours(0, 0, 0, 0);
  const hours = (midnight(now) - midnight(new Date(unixSeconds * 1000))) / 3_600_000;
  // A day has 23 or 25 hours when the clock is changed.
  return Math.round(hours / 24);
}

function isSameDay(a: number, b: number): boolean {
  return daysBefore(new Date(a * 1000), b) === 0;
}
