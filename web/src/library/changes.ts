// Changes of many images at once.
import { call } from "../api/client";
import type { Item } from "../api/types";
import type { Parameters } from "../search/request";

export interface TagChange {
  add: string[];
  remove: string[];
}

export interface Progress {
  done: number;
  total: number;
}

/** As many as the server gives at once. */
const LISTED = 500;
/** Changes under way at a time: the catalogue takes them one by one, the way there is what waits. */
const ABREAST = 4;

export function tagsAfter(tags: string[], { add, remove }: TagChange): string[] {
  return [...new Set([...tags.filter((tag) => !remove.includes(tag)), ...add])];
}

/** All images that pass filters, by id, so that none is missed while others come. */
export async function everyImage(filters: Parameters, signal: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  for (let page = 1; ; page++) {
    const query = { ...filters, sort: "id", page, page_size: LISTED } as Record<string, unknown>;
    const found = await call("get", "/api/images", { query, signal });
    items.push(...found.items);
    if (found.items.length < LISTED) return items;
  }
}

/** Changes tags image by image; what is changed before an error or an end stays so. */
export async function changeTags(
  items: Item[],
  change: TagChange,
  progress: (now: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...items];
  let done = 0;
  const work = async () => {
    for (let item = waiting.shift(); item && !signal.aborted; item = waiting.shift()) {
      const tags = tagsAfter(item.tags, change);
      if (tags.join("\n") !== item.tags.join("\n")) {
        await call("patch", "/api/images/{id}", { path: { id: item.id }, body: { tags }, signal });
      }
      progress({ done: ++done, total: items.length });
    }
  };
  const workers = Array.from({ length: ABREAST }, () =>
    work().catch((error: unknown) => {
      waiting.length = 0;
      throw error;
    }),
  );
  await Promise.all(workers);
}
