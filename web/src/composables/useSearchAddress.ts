// The address says what is searched for, and what is searched for changes the address: a filter of
// the same search is a step that the browser's back button takes back, a slider's way is not.
import { watch } from "vue";
import { type LocationQueryRaw, useRoute, useRouter } from "vue-router";
import { useAsk } from "./useAsk";
import { useNavigating } from "./useNavigating";
import { useSearch } from "./useSearch";

/** What changes with every letter and every pixel. */
const GRADUAL = ["n", "limit", "words"];

/** What changes when something else is searched for, which is a step by itself. */
const QUERY = ["item", "search", "shared", "q", "region"];

const text = (query: object) => JSON.stringify(query);

function part(query: LocationQueryRaw, isWanted: (name: string) => boolean): string {
  return text(Object.entries(query).filter(([name]) => isWanted(name)));
}

function isStep(before: LocationQueryRaw, now: LocationQueryRaw): boolean {
  const ofQuery = (name: string) => QUERY.includes(name);
  const other = (name: string) => !ofQuery(name) && !GRADUAL.includes(name);
  return part(before, ofQuery) === part(now, ofQuery) && part(before, other) !== part(now, other);
}

export function useSearchAddress(): void {
  const { address, restore } = useSearch();
  const { asking } = useAsk();
  const navigating = useNavigating();
  const route = useRoute();
  const router = useRouter();
  const here = () => route.name === "search";

  watch(
    () => route.query,
    (query) => {
      if (here() && !asking.value && text(query) !== text(address.value)) restore(query);
    },
    { immediate: true },
  );
  watch([address, asking, navigating], ([query, ...busy]) => {
    if (busy.includes(true) || !here() || text(query) === text(route.query)) return;
    void (isStep(route.query, query) ? router.push({ query }) : router.replace({ query }));
  });
}
