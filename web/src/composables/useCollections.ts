// The collections of the server, fetched once and again when asked.
import { computed, ref, shallowRef, watch } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { Collection, NewCollection } from "../api/types";
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
    error.value = apiErrorOf(caught);
  } finally {
    loading.value = false;
  }
}

async function make(settings: NewCollection): Promise<void> {
  await call("post", "/api/collections", { body: settings });
  await load();
}

async function drop(name: string): Promise<void> {
  await call("delete", "/api/collections/{name}", { path: { name } });
  await load();
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
  return { collections, error, loading, load, make, drop };
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
