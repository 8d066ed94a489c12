import { expect, test } from "vitest";
import type { LocationQuery } from "vue-router";
import type { Item } from "../src/api/types";
import { looser, within } from "../src/duplicates/query";
import { fromAddress, toAddress } from "../src/library/address";
import {
  defaultImageQuery,
  filtersOf,
  type ImageQuery,
  listParameters,
} from "../src/library/query";
import { selected, useSelection } from "../src/library/selection";
import { noFilters } from "../src/search/query";

const items = [1, 2, 3, 4].map((id) => ({ id }) as Item);

test("an address brings a list back", () => {
  const query: ImageQuery = {
    filters: { ...noFilters(), keyword: "lamp", tags: ["red", "a & b"], fromYear: 2001 },
    file: ".tif",
    sort: "size",
    order: "asc",
    view: "table",
  };
  const address = toAddress("lamps", query) as LocationQuery;
  expect(fromAddress(address)).toEqual(query);
  expect(address["collection"]).toBe("lamps");
});

test("what is usual is left out of the address, and nonsense in it is ignored", () => {
  expect(toAddress(null, defaultImageQuery())).toEqual({});
  expect(fromAddress({ sort: "colour", order: "up", view: "3d" })).toEqual(defaultImageQuery());
  expect(fromAddress({ sort: "added" }).order).toBe("desc");
});

test("a list is asked for in the words of the API", () => {
  const query = { ...defaultImageQuery(), file: " D00001 " };
  expect(listParameters("c", query)).toMatchObject({
    collection: "c",
    file_name: "D00001",
    sort: "file_name",
    order: "asc",
  });
});

test("some images are selected, or all but some", () => {
  const selection = useSelection(() => 10);
  selection.set(items.slice(0, 3), true);
  selection.set(items.slice(1, 2), false);
  expect([selection.count.value, selection.has(1), selection.has(2)]).toEqual([2, true, false]);
  selection.selectAll();
  selection.set(items.slice(1, 2), false);
  expect([selection.count.value, selection.has(2), selection.has(99)]).toEqual([9, false, true]);
  selection.set(items.slice(1, 2), true);
  expect(selection.count.value).toBe(10);
  selection.clear();
  expect([selection.count.value, selection.has(1)]).toEqual([0, false]);
});

test("a deletion names images, or filters, or everything, and never more than is selected", () => {
  const selection = useSelection(() => 10);
  const none = filtersOf(defaultImageQuery());
  const some = { ...none, tags: ["red"] };
  selection.set(items.slice(0, 2), true);
  expect(selected(selection, "c", some)).toEqual({ collection: "c", ids: [1, 2] });
  selection.selectAll();
  expect(selected(selection, "c", none)).toEqual({ collection: "c", all: true });
  expect(selected(selection, "c", some)).toEqual({
    collection: "c",
    filter: { ...some, exclude_item_id: [] },
  });
  selection.set(items.slice(0, 1), false);
  expect(selected(selection, "c", none)).toEqual({
    collection: "c",
    filter: { ...none, exclude_item_id: [1] },
  });
});

test("a threshold stays within what the server takes, and only cosine has a usual one", () => {
  const query = { threshold: 0.2, samePatent: false, acrossPatents: false, page: 1 };
  expect(within(query, "cosine")?.threshold).toBe(0.5);
  expect(within({ ...query, threshold: null }, "cosine")?.threshold).toBeNull();
  expect(within(query, "l2")?.threshold).toBe(0.2);
  expect(within({ ...query, threshold: null }, "l2")).toBeNull();
});

test("the next looser threshold is a round one, down to what the server takes", () => {
  expect([looser(0.95), looser(0.97), looser(1), looser(0.55)]).toEqual([0.9, 0.95, 0.95, 0.5]);
  expect(looser(0.5)).toBeNull();
});
