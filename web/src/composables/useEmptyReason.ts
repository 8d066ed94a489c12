// Why nothing was found: the score or the filters. The same search without a limit tells.
import { shallowRef, watch } from "vue";
import { ask } from "../api/search";
import type { SearchAnswer } from "../api/types";
import { filterCount } from "../search/query";
import { searchParameters } from "../search/request";
import { useSearch } from "./useSearch";

export type EmptyReason =
  | { kind: "looking" }
  | { kind: "limit"; best: number | null }
  | { kind: "filters" }
  | { kind: "collection" };

export function useEmptyReason(answer: () => SearchAnswer | null) {
  const { state, asked, metric } = useSearch();
  const reason = shallowRef<EmptyReason>({ kind: "looking" });

  watch(
    answer,
    async (empty, _, onCleanup) => {
      if (!empty || empty.results.length > 0 || !state.query) return;
      const abort = new AbortController();
      onCleanup(() => abort.abort());
      reason.value = { kind: "looking" };
      const parameters = {
        ...searchParameters(asked.value, metric.value),
        top_groups: 1,
        history: false,
        ...(metric.value === "cosine" ? { min_score: -1 } : { min_score: null }),
        max_distance: null,
      };
      try {
        const nearest = await ask(state.query, parameters, abort.signal);
        const best = nearest.results[0]?.max_score;
        if (best !== undefined) reason.value = { kind: "limit", best };
        else
          reason.value = {
            kind: filterCount(state.options.filters) > 0 ? "filters" : "collection",
          };
      } catch {
        if (!abort.signal.aborted) reason.value = { kind: "limit", best: null };
      }
    },
    { immediate: true },
  );
  return reason;
}
