// The own searches, the newest first, page by page.
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { type ApiError, call } from "../api/client";
import type { HistoryEntry } from "../api/types";

const PAGE_SIZE = 30;

export function useHistory() {
  const entries = shallowRef<HistoryEntry[] | null>(null);
  const total = ref(0);
  const loading = ref(false);
  const error = shallowRef<ApiError | null>(null);
  const abort = new AbortController();
  onScopeDispose(() => abort.abort());

  const hasMore = computed(() => (entries.value?.length ?? 0) < total.value);

  async function more(): Promise<void> {
    if (loading.value) return;
    loading.value = true;
    error.value = null;
    const known = entries.value ?? [];
    const ids = new Set(known.map((entry) => entry.id));
    // Entries move between pages when others are deleted or added: known ones may come again.
    const page = Math.floor(known.length / PAGE_SIZE) + 1;
    try {
      const query = { page, page_size: PAGE_SIZE };
      const found = await call("get", "/api/history", { query, signal: abort.signal });
      const added = found.items.filter((entry) => !ids.has(entry.id));
      const isStale = added.length === 0 && known.length > 0 && known.length < found.total;
      entries.value = isStale ? null : [...known, ...added];
      total.value = found.total;
    } catch (caught) {
      if (!abort.signal.aborted) error.value = caught as ApiError;
    } finally {
      loading.value = false;
    }
    if (entries.value === null && !error.value && !abort.signal.aborted) await more();
  }

  async function remove(id: number): Promise<void> {
    try {
      await call("delete", "/api/history/{id}", { path: { id } });
    } catch (caught) {
      // Another page deleted it.
      if ((caught as ApiError).status !== 404) throw caught;
    }
    entries.value = (entries.value ?? []).filter((entry) => entry.id !== id);
    total.value -= 1;
  }

  async function clear(): Promise<void> {
    await call("delete", "/api/history");
    entries.value = [];
    total.value = 0;
  }

  void more();
  return { entries, total, loading, error, hasMore, more, remove, clear };
}
