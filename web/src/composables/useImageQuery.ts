// What the images page lists, told by its address, and telling it.
import { computed, reactive, ref, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { fromAddress, toAddress } from "../library/address";
import {
  defaultImageQuery,
  type ImageQuery,
  usualOrder,
  type Sort,
  type View,
} from "../library/query";
import { one } from "../search/address";
import { type Filters, noFilters } from "../search/query";

const REMEMBERED = "library-view";

export function useImageQuery() {
  const route = useRoute();
  const router = useRouter();
  const query = reactive<ImageQuery>(fromAddress(route.query));
  const collection = ref(one(route.query, "collection"));
  const address = computed(() => toAddress(collection.value, query));
  const remembered = ref<View>(localStorage.getItem(REMEMBERED) === "table" ? "table" : "gallery");
  const view = computed(() => query.view ?? remembered.value);

  const text = (value: object) => JSON.stringify(value);
  watch(
    () => route.query,
    (now) => {
      if (route.name !== "library" || text(now) === text(address.value)) return;
      Object.assign(query, fromAddress(now));
      collection.value = one(now, "collection");
    },
  );
  watch(address, (now) => {
    if (route.name === "library" && text(now) !== text(route.query))
      void router.replace({ query: now });
  });

  function setFilters(changes: Partial<Filters>): void {
    Object.assign(query.filters, changes);
  }

  function clearFilters(): void {
    Object.assign(query, { filters: noFilters(), file: defaultImageQuery().file });
  }

  /** The same again turns the order round. */
  function sortBy(sort: Sort): void {
    if (query.sort === sort) query.order = query.order === "asc" ? "desc" : "asc";
    else Object.assign(query, { sort, order: usualOrder(sort) });
  }

  function show(chosen: View): void {
    query.view = chosen;
    remembered.value = chosen;
    localStorage.setItem(REMEMBERED, chosen);
  }

  return { query, view, setFilters, clearFilters, sortBy, show };
}
