// Why nothing was found: the score, or which of the filters. The same search without each tells.
import { shallowRef, watch } from "vue";
import { ask } from "../api/search";
import type { SearchAnswer } from "../api/types";
import { type Filters, GROUPS_MAX, type Options } from "../search/query";
import { searchParameters } from "../search/request";
import { type Chip, useFilterChips } from "./useFilterChips";
import { useSearch } from "./useSearch";

/** A filter that stands in the way, and what there would be without it. */
export interface Relaxed extends Chip {
  groups: number;
}

export type EmptyReason =
  | { kind: "looking" }
  | { kind: "limit"; best: number | null }
  | { kind: "filters"; relaxed: Relaxed[] }
  | { kind: "collection" };

/** Filters that are tried one by one; each is a search. */
const MOST_TRIED = 8;

export function useEmptyReason(answer: () => SearchAnswer | null) {
  const { state, asked, metric } = useSearch();
  const chips = useFilterChips(() => state.options.filters);
  const reason = shallowRef<EmptyReason>({ kind: "looking" });

  async function found(options: Options, changes: object, signal: AbortSignal) {
    if (!state.query) return [];
    const parameters = { ...searchParameters(options, metric.value), history: false, ...changes };
    return (await ask(state.query, parameters, signal)).results;
  }

  async function without(filters: Partial<Filters>, signal: AbortSignal): Promise<number> {
    const options = { ...asked.value, filters: { ...asked.value.filters, ...filters } };
    return (await found(options, { top_groups: GROUPS_MAX }, signal)).length;
  }

  async function explain(signal: AbortSignal): Promise<EmptyReason> {
    const anything = {
      top_groups: 1,
      min_score: metric.value === "cosine" ? -1 : null,
      max_distance: null,
    };
    const [nearest] = await found(asked.value, anything, signal);
    if (nearest) return { kind: "limit", best: nearest.max_score };
    if (chips.value.length === 0) return { kind: "collection" };
    const relaxed: Relaxed[] = [];
    for (const chip of chips.value.slice(0, MOST_TRIED)) {
      const groups = await without(chip.without, signal);
      if (groups > 0) relaxed.push({ ...chip, groups });
    }
    return { kind: "filters", relaxed: relaxed.sort((one, other) => other.groups - one.groups) };
  }

  watch(
    answer,
    async (empty, _, onCleanup) => {
      if (!empty || empty.results.length > 0 || !state.query) return;
      const abort = new AbortController();
      onCleanup(() => abort.abort());
      reason.value = { kind: "looking" };
      try {
        reason.value = await explain(abort.signal);
      } catch {
        if (!abort.signal.aborted) reason.value = { kind: "limit", best: null };
      }
    },
    { immediate: true },
  );
  return reason;
}
