// What is done with the images of a list: selecting, opening, and asking for changes of them.
import { computed, ref, watch } from "vue";
import { useRouter } from "vue-router";
import { ApiError, call } from "../api/client";
import type { Item } from "../api/types";
import type { TagChange } from "../library/selection";
import { placeOf } from "../library/places";
import { selected, useSelection } from "../library/selection";
import type { Parameters } from "../search/request";
import { useCollections } from "./useCollections";
import type { GridActions } from "./useGrid";
import type { ImageList } from "./useImageList";
import { useUndo } from "./useUndo";

export interface Listed {
  list: ImageList;
  collection: () => string;
  filters: () => Parameters;
  /** Whether the user may change images. */
  editable: () => boolean;
  /** Counts that follow the images, such as those of the filters. */
  changed: () => void;
}

export function useImageActions(
  { list, collection, filters, editable, changed }: Listed,
  dialogs: { edit: (item: Item) => void; remove: () => void },
) {
  const router = useRouter();
  const { load: loadCollections } = useCollections();
  const { offer, restored } = useUndo();
  const active = ref(0);
  const total = computed(() => list.total.value ?? 0);
  const selection = useSelection(() => total.value);
  /** Where selecting began. */
  let anchor: number | null = null;

  function clear(): void {
    selection.clear();
    anchor = null;
  }

  watch(list.key, () => (anchor = null));

  async function extend(from: number, to: number): Promise<void> {
    anchor ??= from;
    try {
      selection.set(await list.between(anchor, to), true);
    } catch (caught) {
      // Another list may have begun on the way.
      if (caught instanceof ApiError) list.error.value = caught;
    }
  }

  const itemAt = (index: number) => list.itemAt(index);
  const forItem = (act: (item: Item) => void) => (index: number) => {
    const item = itemAt(index);
    if (item) act(item);
  };
  const forEditor =
    <A extends unknown[]>(act: (...given: A) => void) =>
    (...given: A) => {
      if (editable()) act(...given);
    };

  const actions: GridActions = {
    open: forItem((item) => void router.push(placeOf(item))),
    pick: forEditor((index: number) => {
      const item = itemAt(index);
      if (!item) return;
      selection.set([item], !selection.has(item.id));
      anchor = index;
    }),
    extend: forEditor((from: number, to: number) => void extend(from, to)),
    pickAll: forEditor(() => {
      selection.selectAll();
      anchor = null;
    }),
    edit: forEditor(forItem(dialogs.edit)),
    remove: forEditor((index: number) => {
      const item = itemAt(index);
      if (selection.count.value === 0 && item) selection.set([item], true);
      if (selection.count.value > 0) dialogs.remove();
    }),
    clear,
  };

  async function refresh(): Promise<void> {
    clear();
    changed();
    await Promise.all([list.again(), loadCollections()]);
    active.value = Math.max(0, Math.min(active.value, total.value - 1));
  }

  watch(restored, refresh);

  async function removeSelected(): Promise<void> {
    const body = selected(selection, collection(), filters());
    const deleted = await call("delete", "/api/images", { body });
    await refresh();
    offer(deleted);
  }

  async function tagSelected({ add, remove }: TagChange): Promise<void> {
    const which = selected(selection, collection(), filters());
    const body = { ...which, add_tags: add, remove_tags: remove };
    await call("patch", "/api/images", { body });
    clear();
    changed();
    void list.again();
  }

  return { actions, active, selection, removeSelected, tagSelected };
}
