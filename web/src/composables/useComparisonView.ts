// How a query and a hit are compared: beside or over each other, with heat maps and matching places.
import { computed, ref } from "vue";
import type { Explanation } from "../api/types";
import type { Region } from "../search/query";

export function useComparisonView(
  query: () => { src: string | null; region: Region | null },
  hit: () => string | null,
  explained: () => Explanation | null,
) {
  const mode = ref<"side" | "overlay">("side");
  const heat = ref(false);
  const points = ref(true);
  const blend = ref(0.5);
  const lit = ref<number | null>(null);

  const heated = computed(() => (heat.value ? explained() : null));
  const left = computed(() =>
    heated.value ? { src: heated.value.query_heatmap, region: null } : query(),
  );
  const right = computed(() => heated.value?.item_heatmap ?? hit());
  const marks = computed(() => (points.value ? (explained()?.points ?? []) : []));
  return { mode, heat, points, blend, lit, left, right, marks };
}
