// Items that hits of the past name, each fetched once: the history keeps no addresses of pictures.
import { shallowReactive } from "vue";
import { type ApiError, call } from "../api/client";
import type { Item } from "../api/types";

/** Null: it was deleted since. */
const items = shallowReactive(new Map<number, Item | null>());
const asked = new Set<number>();

async function want(id: number): Promise<void> {
  if (asked.has(id)) return;
  asked.add(id);
  try {
    items.set(id, await call("get", "/api/images/{id}", { path: { id } }));
  } catch (caught) {
    if ((caught as ApiError).status === 404) items.set(id, null);
    else asked.delete(id);
  }
}

export function useHitItems() {
  return { items, want };
}
