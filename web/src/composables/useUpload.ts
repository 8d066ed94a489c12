// Files of this computer on their way to the server. One upload for the whole app: it goes on while
// the user looks at other pages.
import { computed, shallowRef } from "vue";
import { ApiError, upload } from "../api/client";
import type { NewCollection } from "../api/types";
import { added, NOTHING, type Selection, type SentFile } from "../imports/files";
import { type Reading, speedNow, withReading } from "../imports/meter";
import { lookAtJobs } from "./useJobs";

interface Sending {
  files: number;
  collection: string;
  sent: number;
  total: number;
  readings: readonly Reading[];
}

const selection = shallowRef<Selection>(NOTHING);
const sending = shallowRef<Sending | null>(null);
const error = shallowRef<ApiError | null>(null);
let abort: AbortController | null = null;

const speed = computed(() => speedNow(sending.value?.readings ?? []));
const remainingSeconds = computed(() => {
  if (!sending.value || speed.value <= 0) return null;
  return (sending.value.total - sending.value.sent) / speed.value;
});

async function start(target: NewCollection): Promise<void> {
  const { files } = selection.value;
  if (files.length === 0 || sending.value) return;
  const mine = (abort = new AbortController());
  const started = performance.now();
  error.value = null;
  sending.value = {
    files: files.length,
    collection: target.name,
    sent: 0,
    total: 0,
    readings: [],
  };
  addEventListener("beforeunload", askBeforeLeaving);
  try {
    await upload("/api/batch/upload", form(files, target), report(started), mine.signal);
    selection.value = NOTHING;
    void lookAtJobs();
  } catch (caught) {
    if (caught instanceof ApiError) error.value = caught;
    else if (!mine.signal.aborted) throw caught;
  } finally {
    removeEventListener("beforeunload", askBeforeLeaving);
    sending.value = null;
  }
}

function report(started: number) {
  return (sent: number, total: number) => {
    if (!sending.value) return;
    const reading = { seconds: (performance.now() - started) / 1000, amount: sent };
    const readings = withReading(sending.value.readings, reading);
    sending.value = { ...sending.value, sent, total, readings };
  };
}

/** The server wants to know what into before the first file comes. */
function form(files: SentFile[], { name, ...settings }: NewCollection): FormData {
  const form = new FormData();
  form.append("collection", name);
  for (const [field, value] of Object.entries(settings)) form.append(field, String(value));
  for (const { file, path } of files) form.append("file", file, path);
  return form;
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

export function useUpload() {
  return {
    selection,
    sending,
    error,
    speed,
    remainingSeconds,
    start,
    cancel: () => abort?.abort(),
    add: (files: SentFile[]) => {
      error.value = null;
      selection.value = added(selection.value, files);
    },
    clear: () => {
      error.value = null;
      selection.value = NOTHING;
    },
  };
}
