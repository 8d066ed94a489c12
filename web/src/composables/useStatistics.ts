// What a collection holds, in numbers: its own, and counts by class, applicant, year and the like.
import { computed, watch } from "vue";
import { call } from "../api/client";
import type { Collection } from "../api/types";
import { useCollections } from "./useCollections";
import { useLoad } from "./useLoad";

/** As many values of a field as the server counts at once. */
const TOP = 100;

export function useStatistics(collection: () => Collection | null) {
  const { collections } = useCollections();
  const { data, error, again } = useLoad(
    () => collection()?.name,
    (name, signal) => {
      if (!name) return null;
      const query = { collection: name };
      return Promise.all([
        call("get", "/api/collection/stats", { query, signal }),
        call("get", "/api/facets", { query: { ...query, top: TOP }, signal }),
      ]);
    },
  );
  // An import into it may have ended.
  watch(collections, (_, before) => before && again());
  const stats = computed(() => data.value?.[0]);
  const facets = computed(() => data.value?.[1]);
  return { stats, facets, error, again };
}
