// Applicants that what is typed may mean.
import { ref, watch } from "vue";
import { call } from "../api/client";
import type { FacetCount } from "../api/types";
import { useSearch } from "./useSearch";

/** Letters come one by one. */
const SETTLE_MS = 250;
const LEAST_LETTERS = 2;
const MOST = 3;

export function useApplicants(words: () => string | null) {
  const { collection } = useSearch();
  const found = ref<FacetCount[]>([]);

  watch(words, (text, _, onCleanup) => {
    found.value = [];
    const name = collection.value?.num_patents ? collection.value.name : null;
    if (!text || text.length < LEAST_LETTERS || !name) return;
    const abort = new AbortController();
    const settle = setTimeout(() => void load(name, text, abort.signal), SETTLE_MS);
    onCleanup(() => {
      clearTimeout(settle);
      abort.abort();
    });
  });

  async function load(collection: string, text: string, signal: AbortSignal): Promise<void> {
    try {
      const query = { collection, keyword: text, top: 100 } as Record<string, unknown>;
      const { applicant } = await call("get", "/api/facets", { query, signal });
      if (signal.aborted) return;
      const part = text.toLowerCase();
      found.value = applicant
        .filter(({ value }) => value.toLowerCase().includes(part))
        .slice(0, MOST);
    } catch {
      // They are a courtesy: words are searched for without them.
    }
  }
  return found;
}
