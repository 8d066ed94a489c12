// An engineer with photos: no patents, so a gallery, and talk of images. They are imported, looked
// through, cleaned of copies, and imported again: what is gone stays gone.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { audit, fitsPhone } from "./audit";
import { drop } from "./collections";
import { design } from "./designs";

test.describe.configure({ mode: "serial" });

const COLLECTION = "e2e-photos";
const COUNT = 6;

let folder: string;

test.beforeAll(async ({ request }) => {
  await drop(request, COLLECTION);
  await request.post("/api/collections", { data: { name: COLLECTION } });
  folder = join(mkdtempSync(join(tmpdir(), "lookalike-photos-")), "shelf");
  mkdirSync(folder);
  // The first one is there twice.
  for (let index = 0; index <= COUNT; index++) {
    cpSync(design(index % COUNT).photo, join(folder, `shelf-${index}.jpg`));
  }
});
test.afterAll(async ({ request }) => {
  await drop(request, COLLECTION);
  rmSync(folder, { recursive: true });
});

/** Imports the folder; gives the line that says what became of it. */
async function importFolder(page: Page) {
  await page.goto(`/import?collection=${COLLECTION}`);
  await expect(page.getByLabel("Into collection")).toHaveValue(COLLECTION);
  await page.getByRole("textbox", { name: "Folder, archive or file" }).fill(folder);
  const started = page.waitForResponse((one) => one.url().endsWith("/api/batch/start"));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  const { data } = (await (await started).json()) as { data: { job_id: number } };
  const status = async () => {
    const answer = await page.request.get(`/api/batch/status?job_id=${data.job_id}`);
    return ((await answer.json()) as { data: { status: string } }).data.status;
  };
  await expect.poll(status, { timeout: 30_000 }).toBe("completed");
  const job = page.getByRole("region", { name: "Imports" }).getByRole("listitem").first();
  await expect(job).toContainText("Done");
  return job;
}

const tiles = (page: Page) =>
  page.getByRole("region", { name: "Results" }).getByRole("link", { name: /^shelf-\d/ });

test("photos are imported, and listed without columns of patents", async ({ page }) => {
  await expect(await importFolder(page)).toContainText(`${COUNT + 1} imported`);
  await page.goto(`/library?collection=${COLLECTION}&view=table`);
  const head = page.getByRole("columnheader");
  await expect(page.getByRole("row", { name: /^shelf-0/ })).toBeVisible();
  await expect(head.filter({ hasText: "Description" })).toBeVisible();
  await expect(head.filter({ hasText: /Patent|Class|Granted|Title/ })).toHaveCount(0);
  await expect(page.getByRole("combobox", { name: "Sorted by" })).not.toContainText(
    /Patent|Granted/,
  );
  await audit(page);
  await fitsPhone(page);
  await page.goto(`/library/statistics?collection=${COLLECTION}`);
  await expect(page.getByText("Encoder")).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText(/patent/i);
});

test("photos are found in a gallery that speaks of images", async ({ page }) => {
  await page.goto(`/?collection=${COLLECTION}&limit=-1&n=20`);
  await expect(page.getByRole("heading", { name: "Which images look like this?" })).toBeVisible();
  await page.setInputFiles("input[type=file]", design(2).photo);
  await expect(tiles(page)).toHaveCount(COUNT + 1);
  await expect(tiles(page).first()).toHaveAccessibleName(/^shelf-2\.jpg/);
  await expect(page.getByText(`${COUNT + 1} images`, { exact: true })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText(/patent/i);
  // Beside each other, not each in a row of its own.
  const [one, other] = [
    await tiles(page).nth(0).boundingBox(),
    await tiles(page).nth(1).boundingBox(),
  ];
  expect(one?.y).toBe(other?.y);
  await tiles(page).first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(tiles(page).nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /^shelf-/ })).toBeVisible();
});

test("the copy among them is found and deleted", async ({ page }) => {
  await page.goto(`/library/duplicates?collection=${COLLECTION}&threshold=1`);
  const group = page.getByRole("article");
  await expect(group).toHaveCount(1);
  await expect(group).toContainText("same file");
  await group.getByRole("button", { name: "Keep one, delete 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await page.goto(`/library?collection=${COLLECTION}`);
  await expect(page.getByText(`${COUNT} images`, { exact: true })).toBeVisible();
});

test("imported again, the copy that was deleted stays gone", async ({ page }) => {
  await importFolder(page);
  await page.goto(`/library?collection=${COLLECTION}`);
  await expect(page.getByText(`${COUNT} images`, { exact: true })).toBeVisible();
  await page.goto(`/library/duplicates?collection=${COLLECTION}&threshold=1`);
  await expect(page.getByText(/^No near duplicates/)).toBeVisible();
});
