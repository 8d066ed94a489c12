import { expect, test } from "@playwright/test";
import { rows, searchSheet } from "./designs";

test("a hit opens its patent, with all views, and Esc goes back to the same results", async ({
  page,
}) => {
  const { patent } = await searchSheet(page, 3);
  await rows(page)
    .first()
    .getByRole("link", { name: /best page/ })
    .click();
  await expect(page).toHaveURL(new RegExp(`/patents/${patent}`));
  await expect(page.getByText(patent).first()).toBeVisible();
  await expect(page.getByText("Expires")).toBeVisible();
  const stage = page.getByRole("application");
  await stage.focus();
  await page.keyboard.press("+");
  await expect(page.getByRole("status", { name: "Zoom 125%" })).toBeVisible();
  await page.getByRole("button", { name: /^View D00002/ }).click();
  await expect(stage).toHaveAccessibleName(/D00002/);
  await page.keyboard.press("Escape");
  await expect(rows(page).first().getByRole("heading")).toHaveText(patent);
});

test("query and hit side by side, zoomed together, explained by points and heat", async ({
  page,
}) => {
  await searchSheet(page, 3);
  await rows(page)
    .nth(1)
    .getByRole("link", { name: /^Compare/ })
    .click();
  await expect(page.getByRole("heading", { name: "Compare" })).toBeVisible();
  const stages = page.getByRole("application");
  await expect(stages).toHaveCount(2);
  await expect(page.getByRole("button", { name: /^Point 1,/ })).toBeVisible();

  const moved = (index: number) =>
    stages
      .nth(index)
      .locator("> div")
      .evaluate((one) => getComputedStyle(one).transform);
  await stages.first().hover({ position: { x: 100, y: 100 } });
  await page.mouse.wheel(0, -400);
  await expect(page.getByRole("status", { name: /^Zoom 1[0-9]{2}%/ })).not.toHaveAccessibleName(
    "Zoom 100%",
  );
  expect((await moved(0)).split(",")[0]).toBe((await moved(1)).split(",")[0]);

  await page.getByRole("button", { name: "Heat map" }).click();
  await expect(stages.nth(1).getByRole("img")).toHaveAttribute("src", /explain\/item\.png/);
  await page.getByRole("button", { name: "Overlay" }).click();
  await expect(page.getByRole("slider", { name: "From query to hit" })).toBeVisible();
  await expect(page.getByRole("table")).toContainText("Locarno class");
});

test("two stored images have an address of their own", async ({ page }) => {
  await page.goto("/compare/1?with=2");
  await expect(page.getByRole("application")).toHaveCount(2);
  await expect(page.getByRole("button", { name: /^Point 1,/ })).toBeVisible();
});

test("what is not there says so", async ({ page }) => {
  await page.goto("/patents/USD9999999");
  await expect(page.getByRole("alert")).toContainText("not there any more");
  await page.goto("/items/999999");
  await expect(page.getByRole("alert")).toContainText("not there any more");
  await page.goto("/compare/1");
  await expect(page.getByText("There is no query to compare with")).toBeVisible();
});
