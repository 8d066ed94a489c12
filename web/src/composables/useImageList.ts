// The images of a list, page by page as they come into sight. What was seen stays until what replaces
// it is there, and is kept for the way back from an image's own page.
import { computed, onScopeDispose, ref, shallowReactive, shallowRef, watch } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { Item } from "../api/types";
import type { Parameters } from "../search/request";

const PAGE = 100;
/** Pages that are kept; those furthest from what is in sight go first. */
const MOST_PAGES = 60;
/** Images that only fly past are not fetched. */
const REST_MS = 90;
/** Words are typed letter by letter. */
const SETTLE_MS = 180;
/** What could not be fetched is tried again, as nobody sees its error from far below. */
const RETRY_MS = 4000;

let kept: { key: string; pages: [number, Item[]][]; total: number } | null = null;

/** `parameters` gives null while it is not known what to list. */
export function useImageList(parameters: () => Parameters | null) {
  const pages = shallowReactive(new Map<number, Item[]>());
  const total = ref<number | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const busy = ref(false);
  const key = computed(() => JSON.stringify(parameters()));
  /** Of all requests for the same list. */
  let abort = new AbortController();
  const pending = new Map<number, AbortController>();
  let sight = { start: 0, end: PAGE };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const pageOf = (index: number) => Math.floor(index / PAGE);

  function itemAt(index: number): Item | undefined {
    return pages.get(pageOf(index))?.[index % PAGE];
  }

  function pagesInSight(): number[] {
    const last = pageOf(Math.max(sight.start, sight.end - 1));
    const first = pageOf(sight.start);
    return Array.from({ length: last - first + 1 }, (_, step) => first + step);
  }

  async function fetchPage(page: number, signal: AbortSignal): Promise<Item[]> {
    const query = { ...parameters(), page: page + 1, page_size: PAGE } as Record<string, unknown>;
    const found = await call("get", "/api/images", { query, signal });
    if (!signal.aborted) total.value = found.total;
    return found.items;
  }

  /** Fetches what is in sight again, and drops the rest. */
  async function again(): Promise<void> {
    stop();
    if (!parameters()) return;
    const { signal } = abort;
    busy.value = true;
    try {
      const wanted = pagesInSight();
      const found = await Promise.all(wanted.map((page) => fetchPage(page, signal)));
      if (signal.aborted) return;
      pages.clear();
      wanted.forEach((page, index) => pages.set(page, found[index] ?? []));
      error.value = null;
    } catch (caught) {
      if (!signal.aborted) error.value = apiErrorOf(caught);
    } finally {
      if (!signal.aborted) busy.value = false;
    }
    if (!signal.aborted && !error.value) fill();
  }

  function stop(): void {
    clearTimeout(timer);
    abort.abort();
    abort = new AbortController();
    pending.forEach((one) => one.abort());
    pending.clear();
  }

  /** Fetches what is in sight and not here; what is out of sight again is given up. */
  function fill(): void {
    if (busy.value || total.value === null) return;
    const wanted = pagesInSight().filter((page) => page * PAGE < (total.value ?? 0));
    for (const [page, one] of pending) {
      if (wanted.includes(page)) continue;
      one.abort();
      pending.delete(page);
    }
    for (const page of wanted) if (!pages.has(page) && !pending.has(page)) void fillPage(page);
  }

  async function fillPage(page: number): Promise<void> {
    const mine = new AbortController();
    pending.set(page, mine);
    try {
      const items = await fetchPage(page, mine.signal);
      if (mine.signal.aborted) return;
      pages.set(page, items);
      error.value = null;
      forget();
    } catch (caught) {
      if (mine.signal.aborted) return;
      error.value = apiErrorOf(caught);
      clearTimeout(timer);
      timer = setTimeout(fill, RETRY_MS);
    } finally {
      if (pending.get(page) === mine) pending.delete(page);
    }
  }

  function forget(): void {
    if (pages.size <= MOST_PAGES) return;
    const middle = pageOf((sight.start + sight.end) / 2);
    const furthest = [...pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of furthest.slice(0, pages.size - MOST_PAGES)) pages.delete(page);
  }

  /** Tells which images are in sight. */
  function look(start: number, end: number): void {
    sight = { start, end };
    clearTimeout(timer);
    timer = setTimeout(fill, REST_MS);
  }

  /** The images from one to another, both included, fetched where they are not here. */
  async function between(one: number, other: number): Promise<Item[]> {
    const [first, last] = one < other ? [one, other] : [other, one];
    const { signal } = abort;
    const items: Item[] = [];
    for (let page = pageOf(first); page <= pageOf(last); page++) {
      const found = pages.get(page) ?? (await fetchPage(page, signal));
      items.push(...found.filter((_, index) => isWithin(page * PAGE + index)));
    }
    return items;

    function isWithin(index: number): boolean {
      return index >= first && index <= last;
    }
  }

  function loaded(): Item[] {
    return [...pages.values()].flat();
  }

  function replace(item: Item): void {
    for (const [page, items] of pages) {
      if (items.some((one) => one.id === item.id)) {
        pages.set(
          page,
          items.map((one) => (one.id === item.id ? item : one)),
        );
      }
    }
  }

  function begin(): void {
    if (kept?.key === key.value) {
      for (const [page, items] of kept.pages) pages.set(page, items);
      total.value = kept.total;
    }
  }

  begin();
  let settle: ReturnType<typeof setTimeout> | undefined;
  watch(
    key,
    () => {
      clearTimeout(settle);
      // What was kept is looked at again when the window is where it was.
      settle = setTimeout(again, total.value === null ? 0 : SETTLE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(settle);
    stop();
    if (total.value !== null) {
      kept = { key: key.value, pages: [...pages], total: total.value };
    }
  });

  return { total, error, busy, key, itemAt, look, again, between, loaded, replace };
}

export type ImageList = ReturnType<typeof useImageList>;
