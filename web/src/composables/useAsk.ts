// Begins searches from wherever the user is, each a step that the browser's back button takes back.
import { ref } from "vue";
import { useRouter } from "vue-router";
import { useSearch } from "./useSearch";

const asking = ref(false);

export function useAsk() {
  const router = useRouter();
  const { searchFiles, addFiles, searchItem, searchWords, address } = useSearch();

  async function step(begin: () => void): Promise<void> {
    asking.value = true;
    begin();
    try {
      await router.push({ name: "search", query: address.value });
    } finally {
      asking.value = false;
    }
  }

  return {
    /** While true, the address is behind the search. */
    asking,
    askFiles: (files: File[]) => step(() => searchFiles(files)),
    /** To what is asked already. */
    addFiles: (files: File[]) => step(() => addFiles(files)),
    askItem: (id: number) => step(() => searchItem(id)),
    askWords: (text: string) => step(() => searchWords(text)),
  };
}
