import { expect, test } from "@playwright/test";
import { LOOKS, take } from "./album";
import { design } from "./designs";

for (const look of LOOKS) {
  test.describe(`${look.locale} ${look.colorScheme}`, () => {
    test.use(look);

    test("pictures", async ({ page }) => {
      await page.goto("/");
      await expect(page.locator(".samples img")).toHaveCount(3);
      await take(page, "start", look);
      await page.setInputFiles("input[type=file]", design(10).photo);
      await expect(page.locator("[data-row]").first()).toBeVisible();
      await take(page, "results", look);
      await page.locator("[data-row] .tile.best").first().click();
      await expect(page.locator("dl")).not.toHaveCount(0);
      await take(page, "patent", look);
      await page.goBack();
      await page.locator("[data-row] a[href*=compare]").first().click();
      await expect(page.locator(".mark").first()).toBeVisible();
      await take(page, "compare", look);
      await page.goto("/?item=1&limit=1&class=99");
      await expect(page.locator(".notice button").first()).toBeVisible();
      await take(page, "empty", look);
      await page.goto("/patents/USD9999999");
      await expect(page.getByRole("alert")).toBeVisible();
      await take(page, "error", look);
      await page.goto("/history");
      await expect(page.locator(".hits img").first()).toBeVisible();
      await take(page, "history", look);
      await page.goto("/import");
      await expect(page.locator(".jobs li").first()).toBeVisible();
      await take(page, "import", look);
      await page.goto("/library/statistics");
      await expect(page.locator(".charts table").first()).toBeVisible();
      await take(page, "statistics", look);
      await page.goto("/library/collections");
      await expect(page.locator("tbody tr").first()).toBeVisible();
      await take(page, "collections", look);
      await page.setViewportSize({ width: 1440, height: 900 });
      for (const view of ["gallery", "table"]) {
        await page.goto(`/library?view=${view}`);
        await expect(page.locator("[role=grid] img").first()).toBeVisible();
        await take(page, view, look);
      }
      await page.goto("/library/duplicates?threshold=0.9");
      await expect(page.locator("article, .notice").first()).toBeVisible();
      await take(page, "duplicates", look);
    });
  });
}
