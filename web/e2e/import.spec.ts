import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { audit } from "./audit";
import { design, samples } from "./designs";

/** Of this file alone: what is imported goes into them, and both are dropped at its end. */
const COLLECTION = "e2e-incoming";
const NEW_COLLECTION = "e2e-first-import";

let directory: string;
let archive: string;

test.beforeAll(async ({ request }) => {
  directory = mkdtempSync(join(tmpdir(), "lookalike-import-"));
  const program = process.env["LOOKALIKE"] ?? "../target/release/lookalike";
  const out = join(directory, "archives");
  const made = ["--patents", "2", "--seed", "11", "--format", "zip"];
  execFileSync(program, ["synth", "--out", out, ...made]);
  await request.post("/api/collections", { data: { name: COLLECTION } });
  archive = filesBelow(out).find((file) => /\.zip$/i.test(file)) ?? "";
});

test.afterAll(async ({ request }) => {
  for (const name of [COLLECTION, NEW_COLLECTION]) await request.delete(`/api/collections/${name}`);
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) => {
    const path = join(folder, one.name);
    return one.isDirectory() ? filesBelow(path) : [path];
  });
}

/** A folder of so many pictures, no two of the same bytes. */
function manyPictures(name: string, count: number): string {
  const folder = join(directory, name);
  mkdirSync(folder);
  const photo = readFileSync(design(4).photo);
  for (let index = 0; index < count; index++) {
    const end = Buffer.from(`${name} ${index}`);
    writeFileSync(join(folder, `${name}-${index}.jpg`), Buffer.concat([photo, end]));
  }
  return folder;
}

function jobs(page: Page): Locator {
  return page.getByRole("region", { name: "Imports" }).getByRole("listitem");
}

async function openImport(page: Page) {
  await page.goto(`/import?collection=${COLLECTION}`);
  await expect(page.getByLabel("Into collection")).toHaveValue(COLLECTION);
}

async function choose(page: Page, files: string[]) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: /^(Choose|Add) files$/ }).click();
  await (await chooser).setFiles(files);
}

test("pictures and an archive are sent into a new collection, and what is broken is said", async ({
  page,
}) => {
  const broken = join(directory, "broken.png");
  writeFileSync(broken, "no picture");
  const notes = join(directory, "notes.txt");
  writeFileSync(notes, "nothing to see");
  await page.goto("/import");
  await page.getByLabel("Into collection").selectOption({ label: "A new collection …" });
  await choose(page, [design(1).sheet, design(2).photo, archive, broken, notes]);
  await expect(page.getByText("3 pictures, 1 archive")).toBeVisible();
  await expect(page.getByText("1 other file is left out.")).toBeVisible();

  // Without a name there is nothing to import into.
  await page.getByRole("button", { name: "Import 4 files" }).click();
  const name = page.getByRole("textbox", { name: "Name" });
  await expect(name).toBeFocused();
  await name.fill(NEW_COLLECTION);
  await page.getByRole("button", { name: "Import 4 files" }).click();

  const job = jobs(page).first();
  await expect(job).toContainText("4 sent files");
  await expect(job).toContainText("Done");
  await expect(job).toContainText("1 failed");
  await expect(page.getByLabel("Into collection")).toHaveValue(NEW_COLLECTION);
  await job.getByRole("button", { name: "4 sent files" }).click();
  const failed = job.getByRole("list", { name: "Files that failed" });
  await expect(failed.getByRole("listitem")).toHaveCount(1);
  await expect(failed).toContainText("broken.png");

  await job.getByRole("button", { name: "Try the failed files again" }).click();
  const again = jobs(page).first();
  await expect(again).toContainText("failed files again");
  await expect(again).toContainText("Done");
  await expect(again).toContainText("1 failed");

  await again.getByRole("link", { name: `Search in ${NEW_COLLECTION}` }).click();
  await expect(page).toHaveURL(new RegExp(`collection=${NEW_COLLECTION}`));
  await expect(samples(page).first()).toBeVisible();
});

test("files that are dropped are imported, not searched for", async ({ page }) => {
  await openImport(page);
  const bytes = readFileSync(design(5).photo).toString("base64");
  const drag = (type: string) =>
    page.evaluate(
      ({ type, bytes }) => {
        const data = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([data], "dropped.jpg", { type: "image/jpeg" }));
        const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent(type, options));
      },
      { type, bytes },
    );
  await drag("dragenter");
  await expect(page.getByText("Let go to import")).toBeVisible();
  await drag("drop");
  await expect(page.getByText("Let go to import")).toBeHidden();
  await expect(page.getByText("dropped.jpg")).toBeVisible();
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await expect(jobs(page).first()).toContainText("1 sent file");
  await expect(jobs(page).first()).toContainText("Done");
});

test("a folder keeps its grants beside their drawings", async ({ page }) => {
  await openImport(page);
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose a folder" }).click();
  await (await chooser).setFiles(dirname(design(6).sheet));
  await expect(page.getByText(/1 XML of a grant/)).toBeVisible();
  await page.getByRole("button", { name: /^Import \d+ files$/ }).click();
  await expect(jobs(page).first()).toContainText("sent files");
  await expect(jobs(page).first()).toContainText("Done");
  await page.goto(`/library/statistics?collection=${COLLECTION}`);
  await expect(page.getByText("Patents", { exact: true })).toBeVisible();
  const found = await page.request.get(`/api/patents/${design(6).patent}`);
  expect(await found.text()).toContain(COLLECTION);
});

test("a path of the server is imported, and a mended file at the second try", async ({ page }) => {
  const folder = join(directory, "by-path");
  mkdirSync(folder);
  cpSync(design(7).photo, join(folder, "good.jpg"));
  writeFileSync(join(folder, "mended.jpg"), "not yet");
  await openImport(page);
  const path = page.getByRole("textbox", { name: "Folder, archive or file" });
  const start = page.getByRole("button", { name: "Import", exact: true });
  await path.fill("designs");
  await start.click();
  await expect(path).toBeFocused();
  await path.fill(join(directory, "nowhere"));
  await start.click();
  await expect(page.getByRole("alert")).toContainText("nothing at this path");
  await path.fill(folder);
  await start.click();
  const job = jobs(page)
    .filter({ hasText: basename(folder) })
    .first();
  await expect(job).toContainText("1 failed");
  cpSync(design(8).photo, join(folder, "mended.jpg"));
  await job.getByRole("button", { name: basename(folder), exact: true }).click();
  await job.getByRole("button", { name: "Try the failed files again" }).click();
  const again = jobs(page).first();
  await expect(again).toContainText("failed files again");
  await expect(again).toContainText("1 imported");
});

test("an import is seen on its way, and can be stopped", async ({ page }) => {
  const folder = manyPictures("many", 400);
  await openImport(page);
  await page.getByRole("textbox", { name: "Folder, archive or file" }).fill(folder);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const job = jobs(page).first();
  await expect(job.getByRole("progressbar", { name: "Progress of many" })).toBeVisible();
  await expect(job).toContainText(/\d+ of 400/);
  await expect(job).toContainText("images/s");
  await expect(job.getByRole("img", { name: /^Speed over time/ })).toBeVisible();
  await job.getByRole("button", { name: "Stop importing many" }).click();
  await expect(job).toContainText("Stopped");
  await expect(job.getByRole("progressbar")).toBeHidden();
});

test("an upload says how far it is, and can be stopped", async ({ page }) => {
  const folder = manyPictures("sent", 60);
  await openImport(page);
  await choose(page, filesBelow(folder));
  const network = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
  await network.send("Network.emulateNetworkConditions", slow);
  await page.getByRole("button", { name: "Import 60 files" }).click();
  await expect(page.getByRole("progressbar", { name: /^Sending 60 files/ })).toBeVisible();
  await expect(page.getByText(/[kM]B\/s$/)).toBeVisible();
  await expect(page.getByText(/left$/)).toBeVisible();
  await page.getByRole("button", { name: "Stop sending" }).click();
  await expect(page.getByRole("button", { name: "Import 60 files" })).toBeVisible();
});

test("without the server the import says so, and the files stay chosen", async ({ page }) => {
  await openImport(page);
  await choose(page, [design(9).photo]);
  await page.route("**/api/batch/upload", (route) => route.abort());
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute("**/api/batch/upload");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(jobs(page).first()).toContainText("1 sent file");
  await expect(page.getByRole("alert")).toBeHidden();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`imports pass the accessibility audit, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await openImport(page);
    await jobs(page).first().getByRole("button").first().click();
    await page.getByLabel("Into collection").selectOption({ label: "A new collection …" });
    await page.getByText("Encoder, metric and index").click();
    await audit(page);
  });
}

test("a phone shows imports without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openImport(page);
  await jobs(page).first().getByRole("button").first().click();
  await page.getByLabel("Into collection").selectOption({ label: "A new collection …" });
  await page.getByText("Encoder, metric and index").click();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});
