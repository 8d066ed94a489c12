// Whether the tiles of hits show what is drawn, or the found figure alone, or whole sheets with that
// figure framed.
import { computed, ref } from "vue";
import { useSearch } from "./useSearch";

const REMEMBERED = "tiles-cropped";
const cropped = ref(localStorage.getItem(REMEMBERED) !== "0");

export function useCroppedTiles() {
  const { answer } = useSearch();
  const canCrop = computed(() => {
    const pages = answer.value?.results.flatMap((group) => group.pages) ?? [];
    return pages.some((page) => page.figure || page.page_num);
  });

  function toggle(): void {
    cropped.value = !cropped.value;
    localStorage.setItem(REMEMBERED, cropped.value ? "1" : "0");
  }
  return { cropped, canCrop, toggle };
}
