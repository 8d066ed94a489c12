// An engineer with photos: no patents, so a gallery, and talk of images.
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { drop } from "./collections";
import { design } from "./designs";

const COLLECTION = "e2e-photos";
const COUNT = 6;

test.beforeAll(async ({ request }) => {
  await drop(request, COLLECTION);
  // The last one is there twice.
  for (let index = 0; index <= COUNT; index++) {
    const buffer = readFileSync(design(index % COUNT).photo);
    const file = { name: `shelf-${index}.jpg`, mimeType: "image/jpeg", buffer };
    const multipart = { collection: COLLECTION, file };
    const answer = await request.post("/api/images", { multipart });
    expect(answer.ok(), await answer.text()).toBe(true);
  }
});
test.afterAll(async ({ request }) => {
  await drop(request, COLLECTION);
});

const tiles = (page: Page) =>
  page.getByRole("region", { name: "Results" }).getByRole("link", { name: /^shelf-\d/ });

test("photos are found in a gallery that speaks of images", async ({ page }) => {
  await page.goto(`/?collection=${COLLECTION}&limit=-1&n=20`);
  await expect(page.getByRole("heading", { name: "Which images look like this?" })).toBeVisible();
  await page.setInputFiles("input[type=file]", design(2).photo);
  await expect(tiles(page)).toHaveCount(COUNT + 1);
  await expect(tiles(page).first()).toHaveAccessibleName(/^shelf-2\.jpg/);
  await expect(page.getByText(`${COUNT + 1} images`, { exact: true })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText(/patent/i);
  // Beside each other, not each in a row of its own.
  const [one, other] = [
    await tiles(page).nth(0).boundingBox(),
    await tiles(page).nth(1).boundingBox(),
  ];
  expect(one?.y).toBe(other?.y);
  await tiles(page).first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(tiles(page).nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: /^shelf-/ })).toBeVisible();
});

test("the copy among them is found and deleted", async ({ page }) => {
  await page.goto(`/library/duplicates?collection=${COLLECTION}&threshold=1`);
  const group = page.getByRole("article");
  await expect(group).toHaveCount(1);
  await expect(group).toContainText("same file");
  await group.getByRole("button", { name: "Keep one, delete 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await page.goto(`/library?collection=${COLLECTION}`);
  await expect(page.getByText(`${COUNT} images`, { exact: true })).toBeVisible();
});
