import { basename } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { auditInBothThemes, fitsPhone } from "./audit";
import { design, rows, searchSheet } from "./designs";

const past = (page: Page) =>
  page
    .getByRole("main")
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { level: 3 }) });

test("a search is found again with its best matches, and made again by a click", async ({
  page,
}) => {
  const { patent, sheet } = await searchSheet(page, 3, "/?n=7&limit=0.6");
  await expect(page).toHaveURL(/search=\d+/);
  const address = page.url();
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
  const newest = past(page).first();
  await expect(newest).toContainText("7 patents · at least 0.60, weakly similar");
  await expect(newest.getByRole("img", { name: `${patent}, score 100%` })).toBeVisible();
  await auditInBothThemes(page);
  await fitsPhone(page);
  await newest.getByRole("link", { name: `Search again: ${basename(sheet)}` }).click();
  await expect(rows(page).first().getByRole("heading")).toHaveText(patent);
  expect(new URL(page.url()).searchParams.get("search")).toBe(
    new URL(address).searchParams.get("search"),
  );
  await expect(page).toHaveURL(/n=7/);
  await expect(page).toHaveURL(/limit=0.6/);
});

test("several pictures and stored images are told apart", async ({ page }) => {
  await page.goto("/");
  const { sheet, photo } = design(1);
  await page.setInputFiles("input[type=file]", [sheet, photo]);
  await expect(rows(page).first()).toBeVisible();
  await page.goto("/?item=1");
  await expect(rows(page).first()).toBeVisible();
  await page.goto("/history");
  await expect(past(page).nth(0)).toContainText(/USD.*TIF/);
  await expect(past(page).nth(1)).toContainText(`${basename(sheet)} and 1 more`);
});

test("one search is deleted, then all of them, after a question", async ({ page }) => {
  await searchSheet(page, 4);
  await page.goto("/history");
  await expect(past(page).first()).toBeVisible();
  const before = await past(page).count();
  await page
    .getByRole("button", { name: /^Delete:/ })
    .first()
    .click();
  await expect(past(page)).toHaveCount(before - 1);

  await searchSheet(page, 5);
  await page.goto("/history");
  await page.getByRole("button", { name: "Delete all" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your whole history?" });
  await auditInBothThemes(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(past(page).first()).toBeVisible();
  await page.getByRole("button", { name: "Delete all" }).click();
  await dialog.getByRole("button", { name: "Delete the history" }).click();
  await expect(page.getByRole("heading", { name: "You have not searched yet" })).toBeVisible();
  await auditInBothThemes(page);
  await page.getByRole("link", { name: "Search with a picture" }).click();
  await expect(page).toHaveURL("/");
});

test("a long history is loaded as it is read", async ({ page }) => {
  await page.request.delete("/api/history");
  for (let id = 1; id <= 45; id++) {
    await page.request.post(`/api/search/item/${id}`, { data: { top_k: 3 } });
  }
  await page.goto("/history");
  await expect(page.getByText("45 searches")).toBeVisible();
  await expect(past(page)).toHaveCount(30);
  await past(page).nth(29).scrollIntoViewIfNeeded();
  await expect(past(page)).toHaveCount(45);

  // Back from a search the list is as it was, with the search on top of it.
  await past(page)
    .nth(40)
    .getByRole("link", { name: /^Search again/ })
    .click();
  await expect(rows(page).first()).toBeVisible();
  await page.goBack();
  await expect(past(page)).toHaveCount(46);
  await expect(past(page).nth(38)).toBeInViewport();
  await page.request.delete("/api/history");
});

test("without the server the history says so, and comes when it is back", async ({ page }) => {
  await page.request.delete("/api/history");
  await page.goto("/");
  await page.route("**/api/history?*", (route) => route.abort());
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute("**/api/history?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "You have not searched yet" })).toBeVisible();
});
