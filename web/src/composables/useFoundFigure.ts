// The figure by which the present search found an item, if it found it by one.
import { computed } from "vue";
import { regionOf } from "../search/figures";
import type { Region } from "../search/query";
import { useSearch } from "./useSearch";

export interface FoundFigure {
  index: number;
  region: Region;
  label: string | null;
}

export function useFoundFigure(item: () => number | null) {
  const { answer } = useSearch();
  return computed((): FoundFigure | null => {
    const pages = answer.value?.results.flatMap((group) => group.pages) ?? [];
    const page = pages.find((one) => one.id === item());
    if (!page?.figure) return null;
    const { index, label } = page.figure;
    return {
      index,
      region: regionOf(page.figure, page.width, page.height),
      label: label ?? null,
    };
  });
}
