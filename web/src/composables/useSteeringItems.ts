// The images that steer the search, by id, as far as they are still there.
import { computed } from "vue";
import { call } from "../api/client";
import type { Item } from "../api/types";
import { useLoad } from "./useLoad";
import { useSearch } from "./useSearch";

export function useSteeringItems() {
  const { state } = useSearch();
  const { data } = useLoad(
    () => [...state.options.like, ...state.options.unlike],
    async (ids, signal) => {
      const load = (id: number) => call("get", "/api/images/{id}", { path: { id }, signal });
      const loaded = await Promise.allSettled(ids.map(load));
      return loaded.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    },
  );
  return computed(() => new Map((data.value ?? []).map((item: Item) => [item.id, item])));
}
