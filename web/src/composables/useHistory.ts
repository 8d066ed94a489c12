// The own searches, the newest first, page by page.
import { computed, onActivated, onScopeDispose, ref, shallowRef } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { HistoryEntry } from "../api/types";
import { withNewest } from "../search/past";

const PAGE_SIZE = 30;

export function useHistory() {
  const entries = shallowRef<HistoryEntry[] | null>(null);
  const total = ref(0);
  const loading = ref(false);
  const error = shallowRef<ApiError | null>(null);
  const abort = new AbortController();
  onScopeDispose(() => abort.abort());

  const hasMore = computed(() => (entries.value?.length ?? 0) < total.value);

  /** Page 1 has the newest. */
  async function load(page: number): Promise<void> {
    if (loading.value) return;
    loading.value = true;
    error.value = null;
    try {
      const query = { page, page_size: PAGE_SIZE };
      const found = await call("get", "/api/history", { query, signal: abort.signal });
      const known = entries.value ?? [];
      const ids = new Set(known.map(({ id }) => id));
      const added = found.items.filter(({ id }) => !ids.has(id));
      entries.value =
        page === 1 ? withNewest(known, found.items, found.total) : [...known, ...added];
      total.value = found.total;
    } catch (caught) {
      if (!abort.signal.aborted) error.value = apiErrorOf(caught);
    } finally {
      loading.value = false;
    }
  }

  async function more(): Promise<void> {
    const before = entries.value?.length ?? 0;
    await load(Math.floor(before / PAGE_SIZE) + 1);
    // Newer searches moved the known ones to later pages.
    if (!error.value && entries.value?.length === before && hasMore.value) await load(1);
  }

  async function remove(id: number): Promise<void> {
    try {
      await call("delete", "/api/history/{id}", { path: { id } });
    } catch (caught) {
      // Another page deleted it.
      if (apiErrorOf(caught).status !== 404) throw caught;
    }
    entries.value = (entries.value ?? []).filter((entry) => entry.id !== id);
    total.value -= 1;
  }

  async function clear(): Promise<void> {
    await call("delete", "/api/history");
    entries.value = [];
    total.value = 0;
  }

  onActivated(() => load(1));
  return { entries, total, loading, error, hasMore, more, remove, clear };
}
