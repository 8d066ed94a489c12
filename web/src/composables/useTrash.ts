// What was deleted from a collection, page by page, and what is done with it.
import { computed, ref, shallowRef, watch } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { TrashedItem } from "../api/types";
import { byDeletion } from "../library/trash";
import { useCollections } from "./useCollections";
import { useUndo } from "./useUndo";

const PAGE = 100;

export function useTrash(collection: () => string | null) {
  const { load: loadCollections } = useCollections();
  const { offered, restored, dismiss } = useUndo();
  const items = shallowRef<TrashedItem[] | null>(null);
  const total = ref(0);
  const days = ref(0);
  const error = shallowRef<ApiError | null>(null);
  const busy = ref(false);
  const deletions = computed(() => byDeletion(items.value ?? []));
  let asked = 0;

  async function fetchUpTo(count: number): Promise<void> {
    const name = collection();
    if (name === null) return;
    const mine = ++asked;
    busy.value = true;
    try {
      const found: TrashedItem[] = [];
      for (let page = 1; (page - 1) * PAGE < count; page++) {
        const query = { collection: name, page, page_size: PAGE };
        const answer = await call("get", "/api/trash", { query });
        if (mine !== asked) return;
        found.push(...answer.items);
        total.value = answer.total;
        days.value = answer.days;
        if (answer.items.length < PAGE) break;
      }
      items.value = found;
      error.value = null;
    } catch (caught) {
      if (mine === asked) error.value = apiErrorOf(caught);
    } finally {
      if (mine === asked) busy.value = false;
    }
  }

  const again = () => fetchUpTo(Math.max(PAGE, items.value?.length ?? 0));
  const more = () => fetchUpTo((items.value?.length ?? 0) + PAGE);

  async function act(change: () => Promise<unknown>): Promise<void> {
    busy.value = true;
    try {
      await change();
      void loadCollections();
      await again();
    } catch (caught) {
      error.value = apiErrorOf(caught);
      busy.value = false;
    }
  }

  const restoreItem = (id: number) =>
    act(() => call("post", "/api/images/restore", { body: { ids: [id] } }));

  async function restoreDeletion(deletion: number): Promise<void> {
    await act(() => call("post", "/api/images/restore", { body: { deletion } }));
    if (offered.value?.deletion === deletion) dismiss();
  }

  /** For good; errors are shown where it was confirmed. */
  async function remove(ids: number[]): Promise<void> {
    await call("delete", "/api/trash", { body: { ids } });
    await again();
  }

  async function empty(): Promise<void> {
    await call("delete", "/api/trash", { body: { collection: collection() ?? "", all: true } });
    dismiss();
    await again();
  }

  watch(
    collection,
    () => {
      items.value = null;
      total.value = 0;
      void again();
    },
    { immediate: true },
  );
  watch(restored, again);

  return {
    items,
    total,
    days,
    error,
    busy,
    deletions,
    again,
    more,
    restoreItem,
    restoreDeletion,
    remove,
    empty,
  };
}
