// Pictures of every page in all widths, themes and languages, for people to look at: they lie in
// test-results/pictures when the tests are over.
import { expect, test } from "@playwright/test";
import { design } from "./designs";

const WIDTHS = { 1440: 900, 768: 1024, 390: 844 };

for (const locale of ["en-GB", "zh-CN"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`${locale} ${colorScheme}`, () => {
      test.use({ locale, colorScheme });

      test("pictures", async ({ page }) => {
        const take = async (name: string) => {
          for (const [width, height] of Object.entries(WIDTHS)) {
            await page.setViewportSize({ width: Number(width), height });
            await page.waitForTimeout(250);
            const path = `test-results/pictures/${name}-${width}-${locale.slice(0, 2)}-${colorScheme}.png`;
            await page.screenshot({ path });
          }
        };
        await page.goto("/");
        await expect(page.locator(".samples img")).toHaveCount(3);
        await take("start");
        await page.setInputFiles("input[type=file]", design(10).photo);
        await expect(page.locator("[data-row]").first()).toBeVisible();
        await take("results");
        await page.locator("[data-row] .tile.best").first().click();
        await expect(page.locator("dl")).not.toHaveCount(0);
        await take("patent");
        await page.goBack();
        await page.locator("[data-row] .compare").first().click();
        await expect(page.locator(".mark").first()).toBeVisible();
        await take("compare");
        await page.goto("/?item=1&limit=1&class=99");
        await expect(page.locator(".notice button").first()).toBeVisible();
        await take("empty");
        await page.goto("/patents/USD9999999");
        await expect(page.getByRole("alert")).toBeVisible();
        await take("error");
      });
    });
  }
}
