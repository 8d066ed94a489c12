// How long the page keeps the browser busy at once. Printed, never judged: machines differ.
import type { Browser, Page } from "@playwright/test";

/** Milliseconds of work in the longest task of the page: other programs on the machine don't count. */
export async function longestTask(browser: Browser, page: Page, work: () => Promise<void>) {
  await browser.startTracing(page, { categories: ["toplevel"] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: {
      name: string;
      pid: number;
      tid: number;
      tdur?: number;
      args: { name?: string };
    }[];
  };
  const thread = ({ pid, tid }: { pid: number; tid: number }) => `${pid}:${tid}`;
  const main = traceEvents.filter((event) => event.args.name === "CrRendererMain").map(thread);
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith("RunTask") && main.includes(thread(event)),
  );
  return Math.max(...tasks.map((event) => event.tdur ?? 0)) / 1000;
}
