import { expect, test } from "@playwright/test";
import { COUNT, useLibrary } from "./library";

const { at, collection, items, cells, cell, bar, open, select } = useLibrary("e2e-library");

test("tags and a description are written, completed and found again", async ({ page }) => {
  await open(page);
  await cell(page, 0).hover();
  await cell(page, 0).getByRole("button", { name: /^Edit/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Edit/ });
  await dialog.getByLabel("Tags").pressSequentially("red,old ");
  await dialog.getByLabel("Tags").press("Enter");
  await dialog.getByLabel("Description").fill("A lamp with a long neck");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  const tag = page.getByRole("group", { name: "Tags" }).getByRole("checkbox", { name: /old/ });
  await tag.check();
  await expect(cells(page)).toHaveCount(1);
  await expect(page).toHaveURL(/tag=old/);

  await cell(page, 0).hover();
  await cell(page, 0).getByRole("button", { name: /^Edit/ }).click();
  await expect(dialog.getByLabel("Description")).toHaveValue("A lamp with a long neck");
  await dialog.getByRole("button", { name: "Take away old" }).click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
});

test("what the server refuses is said in the dialog", async ({ page }) => {
  await open(page);
  await cell(page, 0).hover();
  await cell(page, 0).getByRole("button", { name: /^Edit/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Edit/ });
  await dialog.getByText("Patent, page and view").click();
  await dialog.getByLabel("Patent", { exact: true }).fill("no patent");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("A patent is written like");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
});

test("a range is selected and tagged", async ({ page }) => {
  // The newest first.
  await open(page, "&sort=added");
  await select(page, 6);
  await select(page, 3, ["Shift"]);
  await expect(bar(page)).toContainText("4 selected");
  await bar(page).getByRole("button", { name: "Tags" }).click();
  const dialog = page.getByRole("dialog", { name: "Tags of 4 images" });
  await dialog.getByLabel("Add tags").pressSequentially("drawer,");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(bar(page)).toBeHidden();
  const tag = page.getByRole("group", { name: "Tags" }).getByRole("checkbox", { name: /drawer/ });
  await tag.check();
  await expect(cells(page)).toHaveCount(4);

  await select(page, 3);
  await bar(page).getByRole("button", { name: "Select all 4" }).click();
  await bar(page).getByRole("button", { name: "Tags" }).click();
  await dialog.getByRole("checkbox", { name: "drawer" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("No image passes these filters")).toBeVisible();
});

test("one, some and all that pass a filter are deleted, and nothing else", async ({ page }) => {
  await open(page);
  await select(page, 0);
  await bar(page).getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: /^Delete/ });
  await expect(dialog).toContainText("stay there, untouched");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await bar(page).getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await expect(cells(page)).toHaveCount(COUNT - 1);

  await select(page, 1);
  await select(page, 3);
  await bar(page).getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete 2 images" }).click();
  await expect(cells(page)).toHaveCount(COUNT - 3);
  await expect(cell(page, 2)).toBeVisible();

  await page.getByRole("searchbox", { name: "Part of the file" }).fill(items[4]?.file_name ?? "");
  await expect(cells(page)).toHaveCount(1);
  await select(page, 4);
  await bar(page).getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await expect(cells(page)).toHaveCount(COUNT - 4);
});

test("everything is deleted only by typing the collection's name", async ({ page }) => {
  await open(page);
  await select(page, 0);
  await bar(page)
    .getByRole("button", { name: `Select all ${COUNT}` })
    .click();
  await bar(page).getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${COUNT} images` });
  const confirm = dialog.getByRole("button", { name: `Delete ${COUNT} images` });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill(collection);
  await confirm.click();
  await expect(page.getByText("There are no images here yet")).toBeVisible();
});

test("the page of an image edits and deletes it", async ({ page }) => {
  const item = items[5];
  await page.goto(`/items/${item?.id}`);
  await page.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog", { name: /^Edit/ });
  await dialog.getByLabel("Description").fill("Seen from below");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Seen from below")).toBeVisible();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await expect(page).toHaveURL("/");
  await page.goto(at);
  await expect(page.getByText(`${COUNT - 1} images`, { exact: true })).toBeVisible();
});
