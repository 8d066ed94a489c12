import { expect, test } from "vitest";
import type { TrashedItem } from "../src/api/types";
import { byDeletion } from "../src/library/trash";

function item(id: number, deletion: number): TrashedItem {
  return {
    id,
    deletion,
    deleted_at: 1000 + deletion,
    expires_at: 5000 + deletion,
    collection: "default",
    file_name: `${id}.png`,
    width: 1,
    height: 1,
    file_size: 1,
    format: "png",
    tags: [],
    thumbnail_url: `/api/trash/${id}/thumbnail`,
  };
}

test("images that were deleted together stand together, in the order of the list", () => {
  const together = byDeletion([item(4, 9), item(7, 9), item(1, 2)]);
  expect(together.map((one) => [one.deletion, one.items.map(({ id }) => id)])).toEqual([
    [9, [4, 7]],
    [2, [1]],
  ]);
  expect(together[0]).toMatchObject({ deletedAt: 1009, expiresAt: 5009 });
  expect(byDeletion([])).toEqual([]);
});
