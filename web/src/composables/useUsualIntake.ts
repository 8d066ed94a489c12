// What becomes of files that are dropped or pasted where no page has a use for them: a search, or
// where there is nothing yet to search in, an import.
import { computed } from "vue";
import { useRoute, useRouter } from "vue-router";
import { useWords } from "../i18n";
import { droppedFiles } from "../imports/files";
import { useAsk } from "./useAsk";
import { useCollections } from "./useCollections";
import { useFileIntake } from "./useFileIntake";
import { useSearch } from "./useSearch";
import { useSession } from "./useSession";
import { useTyped } from "./useTyped";
import { useUpload } from "./useUpload";

export function useUsualIntake() {
  const { m } = useWords();
  const route = useRoute();
  const router = useRouter();
  const { askFiles, addFiles } = useAsk();
  const { may } = useSession();
  const { collections } = useCollections();
  const { state, collection } = useSearch();
  const { add, sending } = useUpload();
  const { take: takeText } = useTyped();
  const isEmpty = computed(
    () => collections.value?.length === 0 || collection.value?.num_entities === 0,
  );

  async function offerImport(transfer: DataTransfer): Promise<void> {
    add(await droppedFiles(transfer));
    const query = collection.value ? { collection: collection.value.name } : {};
    await router.push({ name: "import", query });
  }

  return useFileIntake(() => {
    if (route.meta.open || !may("reader")) return null;
    if (!isEmpty.value) {
      // Without an encoder pictures can't be compared with what is there.
      if (collection.value && !collection.value.model) return null;
      const take = ({ files }: DataTransfer) => askFiles([...files]);
      const asked = {
        words: m.value.start.dropNow,
        take,
        takeText: (text: string) => void takeText(text),
      };
      if (route.name !== "search" || state.query?.kind !== "files") return asked;
      const add = ({ files }: DataTransfer) => addFiles([...files]);
      return { ...asked, add: { words: m.value.start.dropToAdd, take: add } };
    }
    if (!may("editor") || sending.value) return null;
    return { words: m.value.imports.files.dropNow, take: offerImport };
  });
}
