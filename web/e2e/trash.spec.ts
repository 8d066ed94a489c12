import { expect, test } from "@playwright/test";
import { audit } from "./audit";
import { COUNT, useLibrary } from "./library";

const { collection, items, cells, bar, open, select } = useLibrary("e2e-trash");

test("a deletion is undone right after it, and later from the trash", async ({ page }) => {
  await open(page);
  await select(page, 0);
  await select(page, 1);
  await bar(page).getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog", { name: /^Delete/ });
  await expect(dialog).toContainText("restored from the trash for 30 days");
  await dialog.getByRole("button", { name: "Delete 2 images" }).click();
  await expect(cells(page)).toHaveCount(COUNT - 2);
  const undo = page.getByRole("region", { name: "Last deletion" });
  await expect(undo).toContainText("2 images deleted.");
  await undo.getByRole("button", { name: "Undo" }).click();
  await expect(cells(page)).toHaveCount(COUNT);
  await expect(undo).toBeHidden();

  await select(page, 2);
  await bar(page).getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await expect(cells(page)).toHaveCount(COUNT - 1);
  await page.getByRole("link", { name: "Trash" }).click();
  await expect(page.getByText("1 image · kept for 30 days")).toBeVisible();
  const gone = page.getByRole("region", { name: /^Deleted/ });
  await expect(gone.getByRole("img")).toHaveCount(1);
  await audit(page);
  await gone.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
  await open(page);
  await expect(cells(page)).toHaveCount(COUNT);
});

test("what is deleted for good is gone", async ({ page, request }) => {
  const ids = items.slice(0, 2).map((item) => item.id);
  await request.delete("/api/images", { data: { collection, ids } });
  await page.goto(`/library/trash?collection=${collection}`);
  const gone = page.getByRole("region", { name: /^Deleted/ });
  await expect(gone.getByRole("img")).toHaveCount(2);
  await gone
    .getByRole("button", { name: /for good$/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await expect(gone.getByRole("img")).toHaveCount(1);
  await page.getByRole("button", { name: "Empty the trash" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Empty the trash" }).click();
  await expect(page.getByText("The trash is empty")).toBeVisible();
});
