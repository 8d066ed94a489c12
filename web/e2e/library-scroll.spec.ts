import { expect, type Page, test } from "@playwright/test";
import { useLibrary } from "./library";
import { longestTask } from "./tasks";

const { at, items } = useLibrary("e2e-library");

/** Answers as if the collection had so many images. */
async function pretend(page: Page, total: number) {
  const [first] = items;
  if (!first) throw new Error("no image");
  await page.route("**/api/images?*", async (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const [number, size] = [Number(asked.get("page")), Number(asked.get("page_size"))];
    const start = (number - 1) * size;
    const length = Math.max(0, Math.min(size, total - start));
    const made = Array.from({ length }, (_, step) => ({
      ...first,
      id: first.id + start + step,
      patent_id: `USD${String(start + step).padStart(7, "0")}`,
      page_num: null,
    }));
    const data = { items: made, total, page: number, page_size: size };
    await route.fulfill({ json: { code: 0, message: "success", data } });
  });
}

test("some thousands of images scroll through to the last", async ({ browser, page }) => {
  await pretend(page, 5000);
  for (const view of ["gallery", "table"]) {
    await page.goto(`${at}&view=${view}`);
    await expect(page.getByText("5,000 images", { exact: true })).toBeVisible();
    await page.waitForTimeout(500);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const longest = await longestTask(browser, page, () =>
      page.evaluate(async () => {
        const height = document.documentElement.scrollHeight;
        for (let frame = 1; scrollY + innerHeight < height - 1; frame++) {
          scrollBy(0, 400);
          await new Promise(requestAnimationFrame);
          // Resting lets what is in sight be fetched and drawn.
          if (frame % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 250));
        }
      }),
    );
    await expect(page.getByText("USD0004999").first()).toBeVisible();
    const figures = `${view}: ${height} px of 5,000 images, longest task ${longest.toFixed(1)} ms`;
    test.info().annotations.push({ type: "figures", description: figures });
    console.log(figures);
  }
});

test("a million images scroll from the first to the last", async ({ page }) => {
  await pretend(page, 1_000_000);
  await page.goto(`${at}&view=table`);
  await expect(page.getByText("1,000,000 images", { exact: true })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await expect(page.getByRole("row", { name: "USD0999999" })).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("row", { name: "USD0999998" })).toBeFocused();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
  await expect(page.getByRole("row", { name: /^USD0(49|50)\d{4}$/ }).first()).toBeVisible();
  await page.mouse.move(700, 500);
  await page.mouse.wheel(0, 112);
  await expect(page.getByRole("row", { name: /^USD0(49|50)\d{4}$/ }).first()).toBeVisible();
  await page.evaluate(() => scrollTo(0, 0));
  await expect(page.getByRole("row", { name: "USD0000000" })).toBeVisible();
});
