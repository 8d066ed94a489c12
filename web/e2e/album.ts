// Pictures of pages in all widths, themes and languages, for people to look at: they lie in
// test-results/pictures when the tests are over.
import type { Page } from "@playwright/test";

const WIDTHS = { 1440: 900, 768: 1024, 390: 844 };

export interface Look {
  locale: string;
  colorScheme: "light" | "dark";
}

export const LOOKS: readonly Look[] = ["en-GB", "zh-CN"].flatMap((locale) => [
  { locale, colorScheme: "light" },
  { locale, colorScheme: "dark" },
]);

export async function take(page: Page, name: string, { locale, colorScheme }: Look) {
  for (const [width, height] of Object.entries(WIDTHS)) {
    await page.setViewportSize({ width: Number(width), height });
    await page.waitForTimeout(250);
    const file = `${name}-${width}-${locale.slice(0, 2)}-${colorScheme}.png`;
    await page.screenshot({ path: `test-results/pictures/${file}` });
  }
}
