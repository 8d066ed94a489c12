import { expect, test } from "@playwright/test";
import { audit } from "./audit";
import { rows, searchSheet } from "./designs";

for (const colorScheme of ["light", "dark"] as const) {
  test(`every page passes the accessibility audit, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("/");
    await expect(page.getByRole("button", { name: /^Search with/ }).first()).toBeVisible();
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
  const sample = page.getByRole("button", { name: /^Search with/ }).first();
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
  await expect(rows(page).nth(1)).toBeVisible();
  await page.keyboard.press("f");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("the language changes at once and is remembered", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "中文" }).click();
  await expect(page.getByRole("heading", { name: "哪些外观设计与它相似?" })).toBeVisible();
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
  await expect(page.getByRole("searchbox")).toBeVisible();
  await rows(page)
    .first()
    .getByRole("link", { name: /^Compare/ })
    .click();
  await expect(page.getByRole("application")).toHaveCount(2);
  expect(await wide()).toBeLessThanOrEqual(0);
});

test("the first paint is quick, and long results scroll without long tasks", async ({ page }) => {
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
  expect(paint).toBeLessThan(1000);
  await searchSheet(page, 3, "/?limit=-1&n=100");
  await page.waitForTimeout(500);
  const longest = await page.evaluate(async () => {
    let longest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
    }).observe({ type: "longtask" });
    for (let step = 0; step < 40; step++) {
      scrollBy(0, 250);
      await new Promise(requestAnimationFrame);
    }
    return longest;
  });
  test
    .info()
    .annotations.push({ type: "figures", description: `paint ${paint} ms, task ${longest} ms` });
  console.log(
    `first paint ${Math.round(paint)} ms, longest task while scrolling ${Math.round(longest)} ms`,
  );
  expect(longest).toBeLessThan(100);
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
