// Live counts for the filters.
import { shallowRef, watch } from "vue";
import { call } from "../api/client";
import type { Facets } from "../api/types";
import { filterParameters } from "../search/request";
import type { Options } from "../search/query";
import { useCollections } from "./useCollections";

export function useFacets(options: Options) {
  const facets = shallowRef<Facets | null>(null);
  let abort: AbortController | null = null;

  const load = async () => {
    abort?.abort();
    const mine = (abort = new AbortController());
    const { pub_date_from, pub_date_to, ...rest } = filterParameters(options.filters);
    const query = {
      ...rest,
      pub_date_from,
      pub_date_to,
      collection: options.collection,
      top: 50,
    } as Record<string, unknown>;
    try {
      const found = await call("get", "/api/facets", { query, signal: mine.signal });
      if (mine === abort) facets.value = found;
    } catch {
      // Filters work without counts; the search says what is wrong.
    }
  };

  watch([() => options.filters, () => options.collection], load, { deep: true, immediate: true });
  // What is counted may have changed when the collections are looked at again.
  watch(useCollections().collections, (_, before) => before && load());
  return facets;
}
