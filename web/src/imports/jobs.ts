// What the page tells of imports.
import type { JobStatus } from "../api/types";

/** An import as it is listed: those without a number are of servers that had none. */
export type Job = JobStatus & { job_id: number };

const STATES = ["queued", "running", "cancelling", "cancelled", "completed", "failed"] as const;
export type JobState = (typeof STATES)[number];

export function stateOf(job: JobStatus): JobState {
  return STATES.find((state) => state === job.status) ?? "completed";
}

export function isOver(job: JobStatus): boolean {
  return ["cancelled", "completed", "failed"].includes(stateOf(job));
}

/** Those whose failed files can be tried again; those that failed whole are begun again. */
export function retriable(jobs: Job[]): Set<number> {
  const tried = jobs.filter((job) => stateOf(job) !== "cancelled").map((job) => job.retry_of);
  return new Set(
    jobs
      .filter((job) => isOver(job) && (job.failed > 0 || stateOf(job) === "failed"))
      .map((job) => job.job_id)
      .filter((id) => !tried.includes(id)),
  );
}

/** Running ones first, then the waiting ones in their order, then what is over, the newest first. */
export function inOrder(jobs: Job[]): Job[] {
  const rank = (job: Job) => (isOver(job) ? 2 : stateOf(job) === "queued" ? 1 : 0);
  return [...jobs].sort(
    (a, b) => rank(a) - rank(b) || (rank(a) === 2 ? b.job_id - a.job_id : a.job_id - b.job_id),
  );
}

/** What ended since jobs were looked at; short ones begin and end in between. */
export function newlyOver(before: Job[] | null, now: Job[]): Job[] {
  if (!before) return [];
  const over = new Set(before.filter(isOver).map((job) => job.job_id));
  const oldest = Math.min(...before.map((job) => job.job_id));
  // Older ones were not listed.
  const wasThere = ({ job_id }: Job) => over.has(job_id) || (before.length > 0 && job_id < oldest);
  return now.filter((job) => isOver(job) && !wasThere(job));
}

/** The last part of a path on the server, whatever system that runs. */
export function lastPart(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** Whether a path begins at the root of a system: that of the server is not known here. */
export function isWholePath(path: string): boolean {
  return /^(\/|\\\\|[A-Za-z]:[\\/])/.test(path);
}

/** A file's path from the imported folder on; whole where it lies in none of them. */
export function pathBelow(path: string, folders: string[]): string {
  const folder = folders.find(
    (one) => /^[/\\!]/.test(path.slice(one.length)) && path.startsWith(one),
  );
  return folder === undefined ? path : path.slice(folder.length).replace(/^[/\\!]+/, "");
}
