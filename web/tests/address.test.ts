import { expect, test } from "vitest";
import type { LocationQuery } from "vue-router";
import { fromAddress, toAddress } from "../src/search/address";
import { defaultOptions, type Options, type Query } from "../src/search/query";

const options: Options = {
  collection: "chairs",
  groups: 25,
  limit: 0.7,
  frontPages: true,
  mode: "drawing",
  like: [12, 13],
  unlike: [34],
  filters: {
    keyword: "folding chair",
    loc_class: ["06-01", "06-03"],
    us_class: ["D6/349"],
    applicant: ["A & B, Inc."],
    country: ["DE"],
    status: ["in_force"],
    tags: ["red"],
    fromYear: 2001,
    toYear: 2020,
    after: 77,
    folder: ["/data/photos/2024"],
    format: ["png"],
    attributes: ["maker=A = B"],
    addedFrom: "2026-01-31",
    addedTo: "2026-12-01",
  },
};
const region = { x: 0.1, y: 0.2, w: 0.5, h: 0.25 };

test("an address brings a search back", () => {
  const query: Query = { kind: "item", id: 42, item: null, region, figures: [] };
  const read = fromAddress(toAddress(query, options) as LocationQuery);
  expect(read.options).toEqual(options);
  expect(read.asked).toEqual({ kind: "item", id: 42, region });
});

test("what is usual is left out", () => {
  expect(toAddress(null, defaultOptions())).toEqual({});
  expect(fromAddress({})).toEqual({ asked: null, options: defaultOptions() });
});

test("uploaded pictures are named by the history, once they are there", () => {
  const query: Query = { kind: "files", pictures: [], historyId: null };
  expect(fromAddress(toAddress(query, options) as LocationQuery).asked).toEqual({
    kind: "unsaved",
  });
  const saved = toAddress({ ...query, historyId: 7 }, options) as LocationQuery;
  expect(fromAddress(saved).asked).toEqual({ kind: "history", id: 7 });
});

test("nonsense in an address is ignored", () => {
  const { asked, options: read } = fromAddress({
    item: "x",
    n: "9999",
    limit: "much",
    region: "1,2",
  });
  expect(asked).toBeNull();
  expect(read.groups).toBe(100);
  expect(read.limit).toBeNull();
  expect(fromAddress({ item: "1", region: "0,0,2,1" }).asked).toEqual({
    kind: "item",
    id: 1,
    region: null,
  });
});

test("words are in the address as they are", () => {
  const query = { kind: "words", text: "红色的椅子 & lamp" } as const;
  const address = toAddress(query, defaultOptions()) as LocationQuery;
  expect(address).toEqual({ q: "红色的椅子 & lamp" });
  expect(fromAddress(address).asked).toEqual(query);
  expect(fromAddress({ q: " " }).asked).toBeNull();
});
