// What an import is called, and how far it is, in words.
import type { JobStatus } from "../api/types";
import { useWords } from "../i18n";
import { isOver, lastPart, stateOf } from "../imports/jobs";
import { type Reading, speedNow } from "../imports/meter";

export function useJobNames() {
  const { m, f } = useWords();

  function nameOf(job: JobStatus): string {
    const words = m.value.imports.jobs;
    const name = sourceOf(job);
    return typeof job.retry_of === "number" ? words.retry(name) : name;
  }

  function sourceOf({ uploaded_files, paths }: JobStatus): string {
    const { integer } = f.value;
    const words = m.value.imports.jobs;
    if (typeof uploaded_files === "number") {
      return words.uploaded(uploaded_files, integer(uploaded_files));
    }
    const first = lastPart(paths[0] ?? "–");
    return paths.length > 1 ? words.several(first, integer(paths.length - 1)) : first;
  }

  /** The figures of its line, each with its unit; empty where there is nothing to say. */
  function figuresOf(job: JobStatus, readings: readonly Reading[]) {
    const { integer, rate, duration } = f.value;
    const { jobs: words, state } = m.value.imports;
    const over = isOver(job);
    const started = over || stateOf(job) !== "queued";
    const speed = over || readings.length === 0 ? job.speed_per_sec : speedNow(readings);
    const remaining = job.estimated_remaining_sec;
    const left = typeof remaining === "number" ? words.remaining(duration(remaining)) : "";
    const nothing = stateOf(job) === "failed" && job.processed === 0;
    const imported = nothing ? "" : words.imported(job.imported, integer(job.imported));
    const onlySkipped = job.imported === 0 && job.skipped > 0;
    const done = onlySkipped ? words.skipped(integer(job.skipped)) : imported;
    const took = job.elapsed_sec > 0 ? words.took(duration(job.elapsed_sec)) : "";
    return {
      state: state[stateOf(job)],
      amount: over ? done : started ? words.of(integer(job.processed), integer(job.total)) : "",
      speed: started && speed > 0 ? words.speed(rate(speed)) : "",
      time: over ? took : started ? left : "",
    };
  }
  return { nameOf, figuresOf };
}
