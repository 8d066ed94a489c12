// What is known of one import, beside its line in the list.
import { call } from "../api/client";
import { useLoad } from "./useLoad";

/** `jobId` gives null while nothing is to be fetched; `listed` bounds the failed files that are named. */
export function useJobReport(jobId: () => number | null, listed?: number) {
  return useLoad(jobId, (job_id, signal) =>
    job_id === null
      ? null
      : call("get", "/api/batch/status", {
          query: { job_id, ...(listed !== undefined && { listed }) },
          signal,
        }),
  );
}
