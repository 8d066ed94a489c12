// The imports of the server, followed while somebody looks or one is under way.
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { type ApiError, apiErrorOf, call } from "../api/client";
import { inOrder, isOver, type Job, newlyOver } from "../imports/jobs";
import { type Reading, withReading } from "../imports/meter";
import { useCollections } from "./useCollections";

/** Until the next look: at a running import, at one from another page, at a quiet server. */
const PAUSES_MS = { near: 1000, far: 5000, idle: 10_000 };

const FEW = 20;
const MOST = 1000;

const jobs = shallowRef<Job[] | null>(null);
const error = shallowRef<ApiError | null>(null);
const readings = shallowRef<ReadonlyMap<number, readonly Reading[]>>(new Map());
const limit = ref(FEW);
/** The last import that ended while it was followed. */
const ended = shallowRef<Job | null>(null);

let watchers = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking: Promise<void> | null = null;

async function ask(): Promise<void> {
  try {
    const found = await call("get", "/api/batch/jobs", { query: { limit: limit.value } });
    take(inOrder(found.jobs.filter((job): job is Job => typeof job.job_id === "number")));
    error.value = null;
  } catch (caught) {
    error.value = apiErrorOf(caught);
  }
}

function take(now: Job[]): void {
  const over = newlyOver(jobs.value, now);
  const kept = new Map(readings.value);
  for (const job of now) {
    if (isOver(job) && !over.includes(job)) continue;
    const next = { seconds: job.elapsed_sec, amount: job.processed };
    kept.set(job.job_id, withReading(kept.get(job.job_id) ?? [], next));
  }
  readings.value = kept;
  jobs.value = now;
  const last = over.at(-1);
  if (!last) return;
  ended.value = last;
  void useCollections().load();
}

/** Asks now, and from then on as often as there is a reason to. */
export async function lookAtJobs(): Promise<void> {
  clearTimeout(timer);
  await (asking ??= ask().finally(() => (asking = null)));
  later();
}

function later(): void {
  clearTimeout(timer);
  const active = jobs.value?.some((job) => !isOver(job)) ?? false;
  const lost = error.value?.status === 401;
  if (document.hidden || lost || (watchers === 0 && !active)) return;
  const pause = !active || error.value ? "idle" : watchers > 0 ? "near" : "far";
  timer = setTimeout(lookAtJobs, PAUSES_MS[pause]);
}

document.addEventListener("visibilitychange", () => {
  if (watchers > 0 || jobs.value?.some((job) => !isOver(job))) void lookAtJobs();
});

/** To be used by what shows imports: they are followed as long as it lives. */
export function useJobs() {
  watchers += 1;
  onScopeDispose(() => (watchers -= 1));
  void lookAtJobs();
  return {
    jobs,
    error,
    readings,
    ended,
    look: lookAtJobs,
    hasMore: computed(() => limit.value === FEW && (jobs.value?.length ?? 0) >= FEW),
    showAll: () => {
      limit.value = MOST;
      return lookAtJobs();
    },
    cancel: async (id: number) => {
      await call("post", "/api/batch/cancel", { body: { job_id: id } });
      await lookAtJobs();
    },
    retry: async (id: number) => {
      await call("post", "/api/batch/retry", { body: { job_id: id } });
      await lookAtJobs();
    },
  };
}
