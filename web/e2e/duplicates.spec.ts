import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { drop, upload } from "./collections";
import { design } from "./designs";

const COLLECTION = "e2e-duplicates";
const AT = `/library/duplicates?collection=${COLLECTION}&threshold=1&across=1`;
/** Sheets that are there again under the numbers of other patents. */
const TWICE = 3;

test.beforeEach(async ({ request }) => {
  await drop(request, COLLECTION);
  for (let index = 0; index < TWICE; index++) {
    const { sheet } = design(index);
    for (const copy of [1, 2]) {
      await upload(request, COLLECTION, sheet, { patent_id: `USD${copy}00000${index}` });
    }
  }
});
test.afterAll(async ({ request }) => {
  await drop(request, COLLECTION);
});

const groups = (page: Page) => page.getByRole("article");

async function open(page: Page, count = TWICE) {
  await page.goto(AT);
  await expect(groups(page)).toHaveCount(count);
  await expect(page.getByRole("status").filter({ hasText: "to look at" })).toBeVisible();
}

test("copies are found, one is kept, and the others are deleted", async ({ page, request }) => {
  await open(page);
  await expect(page.getByText("3 groups to look at")).toBeVisible();
  const group = groups(page).first();
  await expect(group).toContainText("same file");
  await group.getByRole("radio", { name: /^Keep USD2000000/ }).check();
  await group.getByRole("button", { name: "Keep one, delete 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 1 image" });
  await expect(dialog).toContainText("USD2000000 stays");
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await expect(page.getByText("2 groups to look at")).toBeVisible();
  const list = await request.get(`/api/images?collection=${COLLECTION}&sort=patent_id`);
  const { data } = (await list.json()) as { data: { items: { patent_id: string }[] } };
  const kept = data.items.map((item) => item.patent_id);
  expect(kept).toHaveLength(5);
  expect(kept).not.toContain("USD1000000");
});

test("sheets of different patents are not proposed unless that is asked for", async ({ page }) => {
  await page.goto(`/library/duplicates?collection=${COLLECTION}&threshold=1`);
  await expect(page.getByText(/^No near duplicates/)).toBeVisible();
  await page.getByRole("switch", { name: "Also between different patents" }).check();
  await expect(groups(page)).toHaveCount(TWICE);
});

test("what is no duplicate is remembered", async ({ page }) => {
  await open(page);
  await groups(page).first().getByRole("button", { name: "Not duplicates" }).click();
  await expect(groups(page)).toHaveCount(TWICE - 1);
  await open(page, TWICE - 1);
});

test("by keyboard alone: walk, choose, decide, until nothing is left", async ({ page }) => {
  await open(page);
  await page.keyboard.press("j");
  await expect(groups(page).first()).toBeFocused();
  await page.keyboard.press("j");
  await expect(groups(page).nth(1)).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(groups(page).nth(1).getByRole("radio").nth(1)).toBeChecked();
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Delete 1 image" });
  await dialog.getByRole("button", { name: "Delete it" }).press("Enter");
  await expect(groups(page)).toHaveCount(2);
  await page.keyboard.press("n");
  await expect(groups(page)).toHaveCount(1);
  await page.keyboard.press("n");
  await expect(page.getByText("No near duplicates at 1.00 or more")).toBeVisible();
  await page.getByRole("button", { name: "Look from 0.95" }).click();
  await expect(page).toHaveURL(/threshold=0.95/);
});

test("two copies are compared side by side", async ({ page }) => {
  await open(page);
  await groups(page)
    .first()
    .getByRole("link", { name: /^Compare/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/compare\/\d+\?with=\d+/);
  await expect(page.getByRole("application")).toHaveCount(2);
});

test("the slider says what it means, and asks anew", async ({ page }) => {
  await open(page);
  const slider = page.getByRole("slider", { name: "At least this similar" });
  await expect(slider).toHaveAttribute("aria-valuetext", "1.00, the same picture");
  // Where each word begins is the encoder's own.
  await slider.fill("0.94");
  await expect(slider).toHaveAttribute("aria-valuetext", "0.94, near-identical");
  await slider.fill("0.9");
  await expect(slider).toHaveAttribute("aria-valuetext", "0.90, highly similar");
  await expect(page).toHaveURL(/threshold=0.9\b/);
  await expect(groups(page).first()).toBeVisible();
});

test("a long comparison shows how far it is, and can be stopped", async ({ page }) => {
  let stopped = false;
  await page.route("**/api/duplicates?*", async (route) => {
    if (route.request().method() === "DELETE") {
      stopped = true;
      const json = { code: 0, message: "success", data: { cancelled: 1 } };
      return route.fulfill({ json });
    }
    if (stopped) {
      const json = { code: 409, message: "the search was cancelled", data: null };
      return route.fulfill({ status: 409, json });
    }
    const data = { status: "running", processed: 400, items: 1600, threshold: 1, groups: [] };
    const json = { code: 0, message: "success", data: { ...data, total: 0, is_complete: false } };
    return route.fulfill({ json });
  });
  await page.goto(AT);
  await expect(page.getByText("400 of 1,600")).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("The comparison was stopped")).toBeVisible();
  await page.unroute("**/api/duplicates?*");
  await page.getByRole("button", { name: "Compare again" }).click();
  await expect(groups(page)).toHaveCount(TWICE);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`near duplicates pass the accessibility audit, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(
      (one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`,
    );
    expect(found).toEqual([]);
  });
}

test("a phone shows near duplicates without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});
