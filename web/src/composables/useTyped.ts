// The one field for whatever names what is looked for, and what became of it. One for all places
// that have the field, so that what is dropped anywhere stands in it.
import { computed, ref, shallowRef, watch } from "vue";
import { useRouter } from "vue-router";
import { type ApiError, apiErrorOf, call } from "../api/client";
import { patentOf } from "../search/places";
import { type Typed, understand } from "../search/typed";
import { useAsk } from "./useAsk";
import { useSearch } from "./useSearch";

const typed = ref("");
/** What could not be done with what was typed; null of what was not tried. */
const failure = shallowRef<ApiError | null>(null);
const { state } = useSearch();

const asked = computed(() => (state.query?.kind === "words" ? state.query.text : ""));
watch(
  () => state.query,
  () => (typed.value = asked.value),
);
watch(typed, () => (failure.value = null));

export function useTyped() {
  const router = useRouter();
  const { collection } = useSearch();
  const { askItem, askWords } = useAsk();
  const meant = computed((): Typed => understand(typed.value, location.origin));

  async function toPatent(patent: string): Promise<void> {
    try {
      const path = { patent_id: patent };
      const { patent_id, items } = await call("get", "/api/patents/{patent_id}", { path });
      const here = items.find((one) => one.collection === collection.value?.name) ?? items[0];
      const alone = { name: "patent", params: { patent: patent_id } };
      await router.push(here ? patentOf(patent_id, here) : alone);
    } catch (caught) {
      failure.value = apiErrorOf(caught);
    }
  }

  async function ask(): Promise<void> {
    const what = meant.value;
    failure.value = null;
    if (what.kind === "words") await askWords(what.text);
    if (what.kind === "item") await askItem(what.id);
    if (what.kind === "place") await router.push(what.path);
    if (what.kind === "patent") await toPatent(what.patent);
  }

  /** As if it had been typed, wherever it came from. */
  async function take(text: string): Promise<void> {
    typed.value = text;
    if (meant.value.kind !== "elsewhere") return ask();
    // The field says why nothing comes of it.
    if (router.currentRoute.value.name === "search") return;
    await router.push({ name: "search" });
    typed.value = text;
  }

  return { typed, asked, meant, failure, ask, askWords: () => askWords(typed.value), take };
}
