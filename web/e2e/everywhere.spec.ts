import { expect, test } from "@playwright/test";
import { audit } from "./audit";
import { rows, samples, searchSheet } from "./designs";
import { longestTask } from "./tasks";

for (const colorScheme of ["light", "dark"] as const) {
  test(`every page passes the accessibility audit, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("/");
    await expect(samples(page).first()).toBeVisible();
    await audit(page);
    await searchSheet(page, 3);
    await page.getByRole("button", { name: "Choose a region" }).click();
    await audit(page);
    await rows(page)
      .first()
      .getByRole("link", { name: /best page/ })
      .click();
    await expect(page.getByText("Expires")).toBeVisible();
    await audit(page);
    await page.getByRole("link", { name: "Compare with the query" }).click();
    await expect(page.getByRole("button", { name: /^Point 1,/ })).toBeVisible();
    await audit(page);
  });
}

test("by keyboard alone: ask, walk, compare, filter, go back", async ({ page }) => {
  await page.goto("/");
  const sample = samples(page).first();
  await expect(sample).toBeVisible();
  await sample.focus();
  await page.keyboard.press("Enter");
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(rows(page).nth(1).locator(":focus")).toBeVisible();
  await page.keyboard.press("c");
  await expect(page.getByRole("heading", { name: "Compare" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(rows(page).nth(1).locator(":focus")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press("f");
  await expect(page.getByRole("searchbox", { name: /^Number, name or words/ })).toBeFocused();
});

test("a wrong address is said in words, with the status of one", async ({ page }) => {
  const answer = await page.goto("/nothing/here");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("link", { name: "Back to search" })).toBeVisible();
  await audit(page);
});

test("the language changes at once and is remembered", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "中文" }).click();
  await expect(page.getByRole("heading", { name: "哪些外观设计与它相似？" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await page.reload();
  await expect(page.getByRole("button", { name: "English" })).toBeVisible();
});

test("the theme can be chosen and is remembered", async ({ page }) => {
  await page.goto("/");
  const theme = page.getByRole("button", { name: /^Theme/ });
  await theme.click();
  await theme.click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("a phone shows everything without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await page.goto("/");
  expect(await wide()).toBeLessThanOrEqual(0);
  await searchSheet(page, 3);
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.getByText("Options and filters").click();
  await expect(page.getByRole("searchbox", { name: /^Number, name or words/ })).toBeVisible();
  await rows(page)
    .first()
    .getByRole("link", { name: /^Compare/ })
    .click();
  await expect(page.getByRole("application")).toHaveCount(2);
  expect(await wide()).toBeLessThanOrEqual(0);
});

test("a long result scrolls through; figures of that and of the first paint", async ({
  browser,
  page,
}) => {
  await page.goto("/");
  const paint = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const [entry] = list.getEntriesByName("first-contentful-paint");
          if (entry) resolve(entry.startTime);
        }).observe({ type: "paint", buffered: true });
      }),
  );
  await searchSheet(page, 3, "/?limit=-1&n=100");
  await page.waitForLoadState("networkidle");
  const tiles = await page.locator("[data-row] .tile").count();
  expect(tiles).toBeGreaterThan(150);
  const longest = await longestTask(browser, page, () =>
    page.evaluate(async () => {
      while (scrollY + innerHeight < document.documentElement.scrollHeight - 1) {
        scrollBy(0, 250);
        await new Promise(requestAnimationFrame);
      }
    }),
  );
  await expect(rows(page).last()).toBeInViewport();
  console.log(`first paint ${Math.round(paint)} ms`);
  console.log(`${tiles} tiles scrolled, longest task ${longest.toFixed(1)} ms`);
});

test("nothing of the page breaks the policy of the server", async ({ page }) => {
  const broken: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) broken.push(message.text());
  });
  page.on("pageerror", (error) => broken.push(error.message));
  await searchSheet(page, 3);
  await rows(page)
    .first()
    .getByRole("link", { name: /^Compare/ })
    .click();
  await expect(page.getByRole("button", { name: /^Point 1,/ })).toBeVisible();
  expect(broken).toEqual([]);
});
