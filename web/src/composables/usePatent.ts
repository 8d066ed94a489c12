// A patent with all its images, or an image that has none, as the two have one page.
import { computed } from "vue";
import { useRoute } from "vue-router";
import { call } from "../api/client";
import type { Item } from "../api/types";
import { useLoad } from "./useLoad";

export interface PatentProps {
  patent?: string | undefined;
  item?: string | undefined;
}

export function usePatent(props: PatentProps) {
  const route = useRoute();
  // Of its own, so that another view of the patent does not load it again.
  const collection = computed(() => route.query["collection"]);
  const { data, error, again } = useLoad(
    () => [props.patent, props.item, collection.value] as const,
    async ([patent, item, name], signal) => {
      if (patent) {
        const query = typeof name === "string" ? { collection: name } : {};
        const path = { patent_id: patent };
        return call("get", "/api/patents/{patent_id}", { path, query, signal });
      }
      const one = await call("get", "/api/images/{id}", { path: { id: Number(item) }, signal });
      return { ...one, items: [one] };
    },
  );

  const items = computed((): Item[] => data.value?.items ?? []);
  const chosen = computed(() => {
    const wanted = Number(route.query["view"]);
    const drawings = items.value.filter((one) => !one.front_page);
    return items.value.find((one) => one.id === wanted) ?? drawings[0] ?? items.value[0];
  });
  const name = computed(
    () => data.value?.patent_id ?? chosen.value?.file_name ?? props.patent ?? "",
  );
  return { data, error, again, items, chosen, name };
}
