// What is fetched for what a component was given, and fetched again when that changes.
import { onScopeDispose, shallowRef, watch } from "vue";
import { type ApiError, apiErrorOf } from "../api/client";

/** `load` gives null when there is nothing to fetch. */
export function useLoad<K, T>(
  key: () => K,
  load: (key: K, signal: AbortSignal) => Promise<T> | null,
) {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  let abort: AbortController | null = null;

  async function again(): Promise<void> {
    abort?.abort();
    const mine = (abort = new AbortController());
    error.value = null;
    try {
      const found = await load(key(), mine.signal);
      if (mine === abort) data.value = found;
    } catch (caught) {
      if (mine === abort) error.value = apiErrorOf(caught);
    }
  }

  watch(
    key,
    () => {
      data.value = null;
      void again();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    abort?.abort();
    abort = null;
  });
  return { data, error, again };
}
