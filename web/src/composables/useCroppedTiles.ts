// Whether the tiles of hits show whole sheets with the found figure framed, or that figure alone.
import { computed, ref } from "vue";
import { useSearch } from "./useSearch";

const REMEMBERED = "tiles-cropped";
const cropped = ref(localStorage.getItem(REMEMBERED) === "1");

export function useCroppedTiles() {
  const { answer } = useSearch();
  const canCrop = computed(() => {
    const pages = answer.value?.results.flatMap((group) => group.pages) ?? [];
    return pages.some((page) => page.figure);
  });

  function toggle(): void {
    cropped.value = !cropped.value;
    localStorage.setItem(REMEMBERED, cropped.value ? "1" : "0");
  }
  return { cropped, canCrop, toggle };
}
