// The collections of the server, fetched once and again when asked.
import { computed, ref, shallowRef, watch } from "vue";
import { type ApiError, call } from "../api/client";
import type { Collection } from "../api/types";
import type { Metric } from "../search/request";
import { useSession } from "./useSession";

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

let followed = false;

/** Fetches when it is known that the user may see them, and again for another user. */
async function followSession(): Promise<void> {
  if (followed) return;
  followed = true;
  const { ready, me, may } = useSession();
  await ready();
  const fetch = () => {
    collections.value = null;
    if (may("reader")) void load();
  };
  watch(me, fetch, { immediate: true });
}

export function useCollections() {
  void followSession();
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
