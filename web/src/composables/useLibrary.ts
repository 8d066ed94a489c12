// The images of the chosen collection: listed, counted, selected and changed.
import { computed, watch } from "vue";
import type { Item } from "../api/types";
import { filtersOf, type ImageQuery, listParameters } from "../library/query";
import { useChosenCollection } from "./useChosenCollection";
import { useFacets } from "./useFacets";
import { useImageActions } from "./useImageActions";
import { useImageList } from "./useImageList";
import { useSession } from "./useSession";

/** Px that the bar of the selected images covers. */
const BAR = 80;
/** Places held while nothing is known yet. */
const FIRST = 24;

/** `begin` shows the start of the list when it is another one. */
export function useLibrary(
  query: ImageQuery,
  dialogs: { edit: (item: Item) => void; remove: () => void },
  begin: () => void,
) {
  const { may } = useSession();
  const { collection } = useChosenCollection();
  const name = computed(() => collection.value?.name ?? null);
  const filters = computed(() => filtersOf(query));
  const list = useImageList(() => (name.value ? listParameters(name.value, query) : null));
  const { facets, load: loadFacets } = useFacets(() =>
    name.value ? { collection: name.value, ...filters.value } : null,
  );

  const editable = computed(() => may("editor"));
  const { actions, active, selection, removeSelected, tagSelected } = useImageActions(
    {
      list,
      collection: () => name.value ?? "",
      filters: () => filters.value,
      editable: () => editable.value,
      changed: loadFacets,
    },
    dialogs,
  );

  const shown = computed(() => ({
    list,
    total: list.total.value ?? Math.min(collection.value?.num_entities ?? FIRST, FIRST),
    selection,
    actions,
    editable: editable.value,
    covered: selection.count.value > 0 ? BAR : 0,
  }));
  // What was selected may not be in the list any more, and the list begins anew.
  watch([name, filters], actions.clear);
  watch(list.key, () => {
    active.value = 0;
    begin();
  });

  function saved(item: Item): void {
    list.replace(item);
    void loadFacets();
  }

  return {
    name,
    facets,
    list,
    shown,
    active,
    selection,
    actions,
    saved,
    removeSelected,
    tagSelected,
  };
}
