// The last deletion, while it can be taken back: offered once, wherever it was made.
import { ref, shallowRef } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import type { Deleted } from "../api/types";
import { useCollections } from "./useCollections";

/** Which deletion is offered to be undone. */
export interface Undoable {
  deletion: number;
  count: number;
}

const offered = shallowRef<Undoable | null>(null);
const error = shallowRef<ApiError | null>(null);
const busy = ref(false);
/** Another number as soon as images came back: lists look again. */
const restored = ref(0);

function offer({ deleted, deletion }: Deleted): void {
  if (deleted === 0) return;
  error.value = null;
  offered.value = deletion ? { deletion, count: deleted } : null;
}

function dismiss(): void {
  offered.value = null;
}

export function useUndo() {
  const { load } = useCollections();

  async function undo(): Promise<void> {
    const { deletion } = offered.value ?? {};
    if (deletion === undefined || busy.value) return;
    busy.value = true;
    try {
      await call("post", "/api/images/restore", { body: { deletion } });
      dismiss();
      restored.value += 1;
      void load();
    } catch (caught) {
      error.value = apiErrorOf(caught);
    } finally {
      busy.value = false;
    }
  }

  return { offered, error, busy, restored, offer, undo, dismiss };
}
