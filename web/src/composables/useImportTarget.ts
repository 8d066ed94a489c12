// What an import goes into: the chosen collection, another one, or one that is made by naming it.
import { computed, reactive, ref, watch } from "vue";
import type { NewCollection } from "../api/types";
import { chosenSettings, usualSettings } from "../collections/settings";
import { useChosenCollection } from "./useChosenCollection";
import { useCollections } from "./useCollections";

/** The choice that stands for a collection that is not there yet. */
export const NEW = "";

export function useImportTarget() {
  const { collections } = useCollections();
  const { collection } = useChosenCollection();
  const choice = ref(NEW);
  const newName = ref("");
  const settings = reactive(usualSettings());

  // Also when it was made by the first import into it.
  watch(
    () => collection.value?.name,
    (name) => (choice.value = name ?? NEW),
    { immediate: true },
  );
  watch(
    collections,
    (all) => {
      if (all?.length === 0 && !newName.value) newName.value = "default";
      if (all?.some((one) => one.name === newName.value) && choice.value === NEW) {
        choice.value = newName.value;
        newName.value = "";
        Object.assign(settings, usualSettings());
      }
    },
    { immediate: true },
  );

  const target = computed((): NewCollection =>
    choice.value === NEW
      ? { name: newName.value, ...chosenSettings(settings) }
      : { name: choice.value },
  );
  return { choice, newName, settings, target };
}
