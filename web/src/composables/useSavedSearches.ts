// The own saved searches, by their names; one list for all who show it.
import { shallowRef } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { SavedSearch } from "../api/types";

const saved = shallowRef<SavedSearch[] | null>(null);
const error = shallowRef<ApiError | null>(null);

async function load(): Promise<void> {
  try {
    saved.value = await call("get", "/api/saved-searches");
    error.value = null;
  } catch (caught) {
    error.value = apiErrorOf(caught);
  }
}

async function save(token: string, name: string): Promise<void> {
  await call("post", "/api/saved-searches", { body: { name, query_token: token } });
  await load();
}

/** Says that it is run now; gives it as it was before. */
async function run(id: number): Promise<SavedSearch> {
  return call("post", "/api/saved-searches/{id}/run", { path: { id } });
}

async function forget(id: number): Promise<void> {
  try {
    await call("delete", "/api/saved-searches/{id}", { path: { id } });
  } catch (caught) {
    // Another page did.
    if (apiErrorOf(caught).status !== 404) throw caught;
  }
  saved.value = (saved.value ?? []).filter((one) => one.id !== id);
}

export function useSavedSearches() {
  return { saved, error, load, save, run, forget };
}
