// The search for near duplicates of a collection: begun, followed, ended, and decided about.
import { computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { ApiError, apiErrorOf, call } from "../api/client";
import type { Decision, DuplicateGroup, DuplicatesReport } from "../api/types";
import { PAGE_SIZE } from "../duplicates/query";
import { useUndo } from "./useUndo";

const ASK_AGAIN_MS = 500;
/** Sliders say many values on their way. */
const SETTLE_MS = 350;

export interface DuplicatesRequest {
  collection: string;
  threshold: number | null;
  samePatent: boolean;
  acrossPatents: boolean;
  page: number;
}

/** `request` gives null while it is not known what to search. */
export function useDuplicates(request: () => DuplicatesRequest | null, mayEnd: () => boolean) {
  const { offer } = useUndo();
  const report = shallowRef<DuplicatesReport | null>(null);
  const error = shallowRef<ApiError | null>(null);
  /** Ended by the user. */
  const stopped = ref(false);
  /** Representatives of groups that are decided about, while the server is told. */
  const leaving = ref(new Set<number>());
  let stopping = false;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const running = computed(() => report.value?.status === "running" && !stopped.value);
  const ready = computed(() => report.value?.status === "ready");
  const groups = computed(() =>
    (report.value?.groups ?? []).filter((group) => !leaving.value.has(group.representative.id)),
  );
  const total = computed(() => (report.value?.total ?? 0) - leaving.value.size);

  async function ask(): Promise<void> {
    clearTimeout(timer);
    abort.abort();
    const { signal } = (abort = new AbortController());
    const wanted = request();
    if (!wanted) return;
    try {
      const found = await fetchReport(wanted, signal);
      if (signal.aborted) return;
      report.value = found;
      error.value = null;
      if (found.status === "running") timer = setTimeout(ask, ASK_AGAIN_MS);
    } catch (caught) {
      if (signal.aborted) return;
      const isEnded = caught instanceof ApiError && caught.status === 409;
      if (isEnded && stopping) stopped.value = true;
      // Told once of a search that was ended before; the next question begins it anew.
      else if (isEnded) timer = setTimeout(ask, ASK_AGAIN_MS);
      else error.value = apiErrorOf(caught);
    }
  }

  function fetchReport(
    { collection, threshold, samePatent, acrossPatents, page }: DuplicatesRequest,
    signal: AbortSignal,
  ): Promise<DuplicatesReport> {
    const query = {
      collection,
      page,
      page_size: PAGE_SIZE,
      same_patent: samePatent,
      across_patents: acrossPatents,
      ...(threshold !== null && { threshold }),
    };
    return call("get", "/api/duplicates", { query, signal });
  }

  async function end(): Promise<void> {
    const { collection } = request() ?? {};
    if (collection) await call("delete", "/api/duplicates", { query: { collection } });
  }

  /** Ends the search that runs; the next answer says so. */
  async function stop(): Promise<void> {
    stopping = true;
    await end().catch((caught: unknown) => {
      error.value = apiErrorOf(caught);
    });
  }

  async function again(): Promise<void> {
    stopping = false;
    stopped.value = false;
    error.value = null;
    await ask();
  }

  /** Tells the server; the group leaves at once, and comes back if that fails. */
  async function decide(group: DuplicateGroup, decision: Decision): Promise<void> {
    const { id } = group.representative;
    leaving.value = new Set([...leaving.value, id]);
    try {
      offer(await call("post", "/api/duplicates/decisions", { body: decision }));
      drop(id);
    } finally {
      leaving.value = new Set([...leaving.value].filter((one) => one !== id));
    }
    await ask();
  }

  function drop(id: number): void {
    const { value } = report;
    if (!value?.groups.some((group) => group.representative.id === id)) return;
    const groups = value.groups.filter((group) => group.representative.id !== id);
    report.value = { ...value, groups, total: value.total - 1 };
  }

  watch(
    () => JSON.stringify(request()),
    async (_, before) => {
      clearTimeout(timer);
      abort.abort();
      const wasRunning = running.value;
      stopping = false;
      stopped.value = false;
      if (before === undefined || !report.value) return void ask();
      // A search that nobody waits for would hold the next one up.
      if (wasRunning && mayEnd()) await end().catch(() => undefined);
      timer = setTimeout(ask, SETTLE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    abort.abort();
  });

  return { report, error, stopped, running, ready, groups, total, stop, again, decide };
}
