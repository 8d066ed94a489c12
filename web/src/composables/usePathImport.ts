// The start of an import of what the server can read by itself.
import { ref, shallowRef } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { NewCollection } from "../api/types";
import { lookAtJobs } from "./useJobs";

export function usePathImport() {
  const starting = ref(false);
  const error = shallowRef<ApiError | null>(null);

  /** Whether it began. */
  async function start(path: string, target: NewCollection): Promise<boolean> {
    if (starting.value) return false;
    const { name: collection, ...settings } = target;
    starting.value = true;
    error.value = null;
    try {
      await call("post", "/api/batch/start", { body: { path, collection, ...settings } });
      void lookAtJobs();
      return true;
    } catch (caught) {
      error.value = apiErrorOf(caught);
      return false;
    } finally {
      starting.value = false;
    }
  }

  return { starting, error, start };
}
