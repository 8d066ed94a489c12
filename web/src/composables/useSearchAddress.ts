// The address says what is searched for, and what is searched for changes the address.
import { watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { useAsk } from "./useAsk";
import { useNavigating } from "./useNavigating";
import { useSearch } from "./useSearch";

export function useSearchAddress(): void {
  const { address, restore } = useSearch();
  const { asking } = useAsk();
  const navigating = useNavigating();
  const route = useRoute();
  const router = useRouter();
  const here = () => route.name === "search";
  const text = (query: object) => JSON.stringify(query);

  watch(
    () => route.query,
    (query) => {
      if (here() && !asking.value && text(query) !== text(address.value)) restore(query);
    },
    { immediate: true },
  );
  watch([address, asking, navigating], ([query, ...busy]) => {
    if (busy.includes(true) || !here() || text(query) === text(route.query)) return;
    void router.replace({ query });
  });
}
