// A few stored images to try a search with: from the start, the middle and the end of a collection,
// so that they differ.
import { computed } from "vue";
import { call } from "../api/client";
import type { Collection, Item } from "../api/types";
import { useLoad } from "./useLoad";

/** Where in the collection they are taken from. */
const PARTS = [0.2, 0.5, 0.8];

export function useSampleQueries(collection: () => Collection | null) {
  const { data } = useLoad(
    () => collection()?.name,
    (name, signal) => {
      if (!name) return null;
      const total = collection()?.num_entities ?? 0;
      const pages = PARTS.map((part) => Math.max(1, Math.ceil(total * part)));
      return Promise.all([...new Set(pages)].map((page) => one(name, page, signal)));
    },
  );
  // Samples are a courtesy: without them there are none.
  return computed((): Item[] => data.value?.flat() ?? []);
}

async function one(collection: string, page: number, signal: AbortSignal): Promise<Item[]> {
  const query = { collection, page, page_size: 1 };
  const { items } = await call("get", "/api/images", { query, signal });
  return items;
}
