import { expect, test } from "vitest";
import type { HistoryEntry } from "../src/api/types";
import { byDay, daysBefore, optionsOf, withNewest } from "../src/search/past";
import { defaultOptions } from "../src/search/query";
import { searchParameters } from "../src/search/request";

function entry(changes: Partial<HistoryEntry>, parameters: object = {}): HistoryEntry {
  return {
    id: 1,
    created_at: 1_795_262_400,
    kind: "pictures",
    collections: ["default"],
    parameters: parameters as Record<string, never>,
    queries: [{ kind: "picture" }],
    query_token: "t",
    thumbnail_urls: [],
    framed: [],
    top_hits: [],
    total_matched: 0,
    total_ms: 1,
    ...changes,
  };
}

test("an entry tells the options it was made with", () => {
  const options = {
    ...defaultOptions(),
    collection: "chairs",
    groups: 25,
    limit: 0.7,
    frontPages: true,
    mode: "both" as const,
    like: [12],
    unlike: [34, 35],
    filters: {
      keyword: "folding chair",
      loc_class: ["06-01", "06-03"],
      us_class: ["D6/349"],
      applicant: [],
      country: ["DE"],
      status: ["in_force"],
      tags: ["red"],
      fromYear: 2001,
      toYear: 2020,
      after: 77,
      folder: ["/data/photos/2024"],
      format: [],
      attributes: ["maker=A = B"],
      addedFrom: "2026-01-31",
      addedTo: null,
    },
  };
  const asked = searchParameters(options, "cosine");
  expect(
    optionsOf(entry({}, { ...asked, collection: ["chairs"], keyword: ["folding chair"] })),
  ).toEqual(options);
  expect(optionsOf(entry({}, { top_k: 10 }))).toEqual(defaultOptions());
  expect(optionsOf(entry({}, { max_distance: 12 })).limit).toBe(12);
});

test("searches are grouped by the days of the clock on the wall", () => {
  const at = (text: string) => new Date(text).getTime() / 1000;
  const moments = ["2026-11-21T23:59", "2026-11-21T00:01", "2026-11-20T23:59"].map(at);
  const days = byDay(moments.map((created_at, id) => entry({ id, created_at })));
  expect(days.map(({ entries }) => entries.map(({ id }) => id))).toEqual([[0, 1], [2]]);
  const now = new Date("2026-11-22T12:00");
  expect(moments.map((moment) => daysBefore(now, moment))).toEqual([1, 1, 2]);
});

test("the first page brings what is known up to date", () => {
  const list = (...ids: number[]) => ids.map((id) => entry({ id }));
  const merged = (known: number[], newest: number[], total: number) =>
    withNewest(list(...known), list(...newest), total).map(({ id }) => id);
  expect(merged([], [3, 2], 3)).toEqual([3, 2]);
  expect(merged([3, 2, 1], [4, 3], 4)).toEqual([4, 3, 2, 1]);
  expect(merged([3, 2, 1], [9, 8], 9)).toEqual([9, 8]);
  expect(merged([3, 2, 1], [3], 1)).toEqual([3]);
});
