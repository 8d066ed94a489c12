// To where the user came from, or to the search where the page was opened by a link.
import { useRouter } from "vue-router";
import { useSearch } from "./useSearch";

export function useGoBack() {
  const router = useRouter();
  const { address } = useSearch();
  return () => {
    if (router.options.history.state["back"]) router.back();
    else void router.push({ name: "search", query: address.value });
  };
}
