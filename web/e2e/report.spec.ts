// The report of a long search, as it is printed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { drop } from "./collections";

const COLLECTION = "e2e-hundred";
const HITS = 100;
/** Sheets of a patent that are enough to be found by. */
const KEPT = /D0000[01]\.TIF$/i;

let directory: string;

test.beforeAll(async ({ request }) => {
  test.setTimeout(300_000);
  await drop(request, COLLECTION);
  directory = mkdtempSync(join(tmpdir(), "lookalike-hundred-"));
  const program = process.env["LOOKALIKE"] ?? "../target/release/lookalike";
  const made = ["--patents", String(HITS), "--photos", "0", "--seed", "5"];
  execFileSync(program, ["synth", "--out", join(directory, "designs"), ...made]);
  const patents = join(directory, "designs", "patents");
  const names = readdirSync(patents, { recursive: true, encoding: "utf8" });
  for (const name of names.filter((one) => /\.TIF$/i.test(one) && !KEPT.test(one))) {
    rmSync(join(patents, name));
  }
  const job = await request.post("/api/batch/start", {
    data: { path: patents, collection: COLLECTION },
  });
  const { data } = (await job.json()) as { data: { job_id: number } };
  const status = async () => {
    const answer = await request.get(`/api/batch/status?job_id=${data.job_id}`);
    return ((await answer.json()) as { data: { status: string } }).data.status;
  };
  await expect.poll(status, { timeout: 240_000 }).toBe("completed");
});
test.afterAll(async ({ request }) => {
  await drop(request, COLLECTION);
  rmSync(directory, { recursive: true });
});

for (const language of ["en", "zh"]) {
  test(`a report of ${HITS} hits prints on 20 sheets at most, ${language}`, async ({
    page,
    request,
  }) => {
    const { data: list } = (await (
      await request.get(`/api/images?collection=${COLLECTION}&page_size=1`)
    ).json()) as { data: { items: { id: number }[] } };
    const found = await request.post(`/api/search/item/${list.items[0]?.id}`, {
      data: { collection: COLLECTION, top_groups: HITS, min_score: -1 },
    });
    const { data } = (await found.json()) as {
      data: { query_token: string; results: unknown[] };
    };
    expect(data.results.length).toBeGreaterThanOrEqual(HITS - 1);
    await page.goto(`/api/reports/${data.query_token}.html?lang=${language}`);
    for (const format of ["A4", "Letter"] as const) {
      const pdf = (await page.pdf({ format })).toString("latin1");
      const sheets = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
      expect(sheets, format).toBeGreaterThan(5);
      expect(sheets, format).toBeLessThanOrEqual(20);
    }
  });
}
