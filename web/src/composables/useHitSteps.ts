// From one hit of the search to the next, wherever one of them is looked at: J and K, as in lists of
// mail. Where hits were chosen, from one of those to the next.
import { computed } from "vue";
import { type RouteLocationRaw, useRouter } from "vue-router";
import type { Group, Page } from "../api/types";
import { bestPage } from "../search/places";
import { useHotkeys } from "./useHotkeys";
import { useMarks } from "./useMarks";
import { useSearch } from "./useSearch";

export function useHitSteps(
  isHere: (group: Group) => boolean,
  placeOf: (group: Group, page: Page) => RouteLocationRaw,
) {
  const router = useRouter();
  const { answer, metric } = useSearch();
  const { chosen } = useMarks();

  const hits = computed(() => {
    const all = answer.value?.results ?? [];
    return chosen.value.some(isHere) ? chosen.value : all;
  });
  const index = computed(() => hits.value.findIndex(isHere));
  const isHit = computed(() => index.value >= 0);
  const all = computed(() => hits.value.length);
  const place = (by: number) => {
    const group = isHit.value ? hits.value[index.value + by] : undefined;
    const page = group && bestPage(group, metric.value === "l2");
    return page ? placeOf(group, page) : null;
  };
  const before = computed(() => place(-1));
  const after = computed(() => place(1));

  // They take no steps of their own: the way back leads to the list.
  const go = (to: RouteLocationRaw | null) => to && void router.replace(to);
  useHotkeys({ j: () => go(after.value), k: () => go(before.value) });
  return { isHit, index, all, before, after };
}
