// The collection that a page of the library shows: the address's, else the one that is searched.
import { computed } from "vue";
import { useRoute } from "vue-router";
import { useCollection } from "./useCollections";
import { useSearch } from "./useSearch";

export function useChosenCollection() {
  const route = useRoute();
  const { state } = useSearch();
  const name = computed(() => {
    const { collection } = route.query;
    return typeof collection === "string" ? collection : state.options.collection;
  });
  const chosen = useCollection(() => name.value);
  /** Where it has no patents, there is talk of images. */
  const isPictures = computed(() => chosen.collection.value?.num_patents === 0);
  return { ...chosen, isPictures };
}
