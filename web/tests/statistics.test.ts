import { expect, test } from "vitest";
import { chosenSettings, isCollectionName, usualSettings } from "../src/collections/settings";
import { scaleOf, yearColumns } from "../src/statistics/years";

const years = (counts: Record<number, number>) =>
  Object.entries(counts).map(([value, count]) => ({ value, count }));

test("years between are columns, too", () => {
  expect(yearColumns(years({ 2021: 3, 2018: 5 }), 40)).toEqual([
    { from: 2018, to: 2018, count: 5 },
    { from: 2019, to: 2019, count: 0 },
    { from: 2020, to: 2020, count: 0 },
    { from: 2021, to: 2021, count: 3 },
  ]);
});

test("years share columns where there is little room", () => {
  const columns = yearColumns(years({ 1979: 1, 1980: 2, 1994: 3, 2005: 4 }), 8);
  expect(columns[0]).toEqual({ from: 1975, to: 1979, count: 1 });
  expect(columns).toHaveLength(7);
  expect(columns.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  expect(yearColumns([], 8)).toEqual([]);
});

test("a scale has a few round counts, none above the most", () => {
  expect(scaleOf(1)).toEqual([1]);
  expect(scaleOf(4)).toEqual([1, 2, 3, 4]);
  expect(scaleOf(9)).toEqual([2, 4, 6, 8]);
  expect(scaleOf(84)).toEqual([20, 40, 60, 80]);
  expect(scaleOf(149)).toEqual([50, 100]);
  expect(scaleOf(12_345)).toEqual([5000, 10_000]);
});

test("only what was chosen of a collection is sent", () => {
  expect(chosenSettings(usualSettings())).toEqual({});
  const chosen = { ...usualSettings(), model: " dinov2-small ", size: 224, metric: "l2" };
  expect(chosenSettings(chosen)).toEqual({ model: "dinov2-small", size: 224, metric: "l2" });
});

test("names of collections are what the server takes", () => {
  expect(
    ["a", "Chairs-2025", "0.x_y", "椅子", "Möbel", "डिज़ाइन", "库".repeat(64)].every(
      isCollectionName,
    ),
  ).toBe(true);
  expect(["", "-a", ".a", "a b", "a/b", "椅\u3000子", "a".repeat(65)].some(isCollectionName)).toBe(
    false,
  );
});
