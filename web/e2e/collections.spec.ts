import { expect, test } from "@playwright/test";
import { audit } from "./audit";

/** Of this file alone. */
const MADE = "e2e-设计库";

test.afterAll(async ({ request }) => {
  await request.delete(`/api/collections/${MADE}`);
});

test("the statistics lead to the images they count", async ({ page }) => {
  await page.goto("/library/statistics");
  await expect(page.getByText("Encoder")).toBeVisible();
  const classes = page.getByRole("table", { name: "Locarno classes" });
  await expect(classes.getByRole("row").first()).toContainText(/\d+ images?/);
  const years = page.getByRole("table", { name: /year of grant/ });
  await expect(years.getByRole("link").first()).toHaveAccessibleName(/^\d{4}: \d+ image/);
  const link = classes.getByRole("link").first();
  const code = ((await link.textContent()) ?? "").trim().split(" ")[0] ?? "";
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/library\\?.*class=${code}`));
});

test("a collection is made, filled from its line, and dropped by its name", async ({ page }) => {
  await page.goto("/library/collections");
  await page.getByRole("button", { name: "New collection" }).click();
  const dialog = page.getByRole("dialog", { name: "New collection" });
  const name = dialog.getByRole("textbox", { name: "Name" });
  await name.fill("default");
  await expect(dialog.getByText("There is a collection of this name already.")).toBeVisible();
  await name.fill(MADE);
  await dialog.getByLabel("Metric").selectOption("l2");
  await dialog.getByRole("button", { name: "Make collection" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row", { name: new RegExp(MADE) });
  await expect(row).toContainText("Distance");
  await row.getByRole("link", { name: `Import into ${MADE}` }).click();
  await expect(page.getByLabel("Into collection")).toHaveValue(MADE);

  await page.goto(`/?collection=${MADE}`);
  await page.getByRole("link", { name: "Import images" }).click();
  await expect(page.getByLabel("Into collection")).toHaveValue(MADE);

  await page.goto(`/library/collections?collection=${MADE}`);
  await expect(row).toContainText("chosen");
  await row.getByRole("button", { name: `Drop ${MADE}` }).click();
  const confirm = page.getByRole("dialog", { name: `Drop the collection ${MADE}?` });
  const drop = confirm.getByRole("button", { name: "Drop" });
  await expect(drop).toBeDisabled();
  await confirm.getByRole("textbox").fill(MADE);
  await drop.click();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole("row", { name: /^default/ })).toContainText("chosen");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`statistics and collections pass the audit, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("/library/statistics");
    await expect(page.getByRole("table", { name: "Locarno classes" })).toBeVisible();
    await audit(page);
    await page.goto("/library/collections");
    await page.getByRole("button", { name: "New collection" }).click();
    await audit(page);
  });
}

test("a phone shows statistics and collections without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.goto("/library/statistics");
  await expect(page.getByRole("table", { name: "Locarno classes" })).toBeVisible();
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.goto("/library/collections");
  await expect(page.getByRole("row", { name: /default/ })).toBeVisible();
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "New collection" }).click();
  expect(await wide()).toBeLessThanOrEqual(0);
});
