// The collections of the server, fetched once and again when asked.
import { computed, ref, shallowRef } from "vue";
import { type ApiError, call } from "../api/client";
import type { Collection } from "../api/types";
import type { Metric } from "../search/request";

const collections = shallowRef<Collection[] | null>(null);
const error = shallowRef<ApiError | null>(null);
const loading = ref(false);

async function load(): Promise<void> {
  if (loading.value) return;
  loading.value = true;
  try {
    collections.value = await call("get", "/api/collections");
    error.value = null;
  } catch (caught) {
    error.value = caught as ApiError;
  } finally {
    loading.value = false;
  }
}

export function useCollections() {
  if (!collections.value) void load();
  return { collections, error, loading, load };
}

/** The collection of a name; without one `default`, else the first. */
export function useCollection(name: () => string | null) {
  const { collections } = useCollections();
  const collection = computed(() => {
    const wanted = name() ?? "default";
    return collections.value?.find((one) => one.name === wanted) ?? collections.value?.[0] ?? null;
  });
  const metric = computed(() => (collection.value?.metric ?? "cosine") as Metric);
  return { collection, metric };
}
