// How long deleted images can be restored, asked once: confirmations say it.
import { computed, ref } from "vue";
import { apiErrorOf, call } from "../api/client";
import { useWords } from "../i18n";

const days = ref<number | null>(null);
let asked = false;

async function ask(collection: string): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    days.value = (await call("get", "/api/trash", { query: { collection, page_size: 1 } })).days;
  } catch (caught) {
    apiErrorOf(caught);
    asked = false;
  }
}

export function useTrashDays() {
  const { m, f } = useWords();
  const kept = computed(() => {
    if (days.value === null) return "";
    return days.value === 0
      ? m.value.trash.atOnce
      : m.value.trash.restorable(f.value.integer(days.value));
  });
  return { kept, ask };
}
