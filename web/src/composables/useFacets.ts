// Live counts for the filters.
import { shallowRef, watch } from "vue";
import { call } from "../api/client";
import type { Facets } from "../api/types";
import type { Parameters } from "../search/request";
import { useCollections } from "./useCollections";

const MOST_VALUES = 50;

/** `parameters` gives null while it is not known what to count in. */
export function useFacets(parameters: () => Parameters | null) {
  const facets = shallowRef<Facets | null>(null);
  let abort: AbortController | null = null;

  async function load(): Promise<void> {
    abort?.abort();
    const asked = parameters();
    if (!asked) return;
    const mine = (abort = new AbortController());
    const query = { ...asked, top: MOST_VALUES } as Record<string, unknown>;
    try {
      const found = await call("get", "/api/facets", { query, signal: mine.signal });
      if (mine === abort) facets.value = found;
    } catch {
      // Filters work without counts; what is filtered says what is wrong.
    }
  }

  watch(() => JSON.stringify(parameters()), load, { immediate: true });
  // What is counted may have changed when the collections are looked at again.
  watch(useCollections().collections, (_, before) => before && load());
  return { facets, load };
}
