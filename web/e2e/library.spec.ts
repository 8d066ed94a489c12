import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { COUNT, useLibrary } from "./library";

const { at, items, cells, cell, bar, open, select } = useLibrary("e2e-library");

test("the gallery shows all images, in the order asked for, at an address that lasts", async ({
  page,
}) => {
  await open(page);
  await expect(cells(page)).toHaveCount(COUNT);
  await page.getByRole("combobox", { name: "Sorted by" }).selectOption("Patent");
  await expect(page).toHaveURL(/sort=patent/);
  const names = items.map((item) => item.patent_id ?? "").sort();
  await expect(cells(page).first()).toHaveAccessibleName(new RegExp(names[0] ?? ""));
  await page.getByRole("button", { name: /^Order/ }).click();
  await expect(page).toHaveURL(/order=desc/);
  await expect(cells(page).first()).toHaveAccessibleName(new RegExp(names[COUNT - 1] ?? ""));
  await page.reload();
  await expect(cells(page).first()).toHaveAccessibleName(new RegExp(names[COUNT - 1] ?? ""));
});

test("the table shows the same, sorts by its heads, and is remembered", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page).toHaveURL(/view=table/);
  const rows = page.getByRole("row", { name: /^USD/ });
  await expect(rows).toHaveCount(COUNT);
  await page.getByRole("button", { name: "Patent", exact: true }).click();
  await expect(page.getByRole("columnheader", { name: "Patent" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  const names = items.map((item) => item.patent_id ?? "").sort();
  await expect(rows.first()).toContainText(names[0] ?? "");
  await open(page);
  await expect(rows).toHaveCount(COUNT);
});

test("filters leave what passes, with counts, and can be taken away", async ({ page }) => {
  await open(page);
  const name = items[2]?.file_name ?? "";
  await page.getByRole("searchbox", { name: "Part of the file name" }).fill(name.toLowerCase());
  await expect(cells(page)).toHaveCount(1);
  await expect(page).toHaveURL(/file=/);
  await expect(page.getByText("1 images pass")).toBeVisible();
  await page.getByRole("searchbox", { name: "Part of the file name" }).fill("no such file");
  await expect(page.getByText("No image passes these filters")).toBeVisible();
  await page.getByRole("button", { name: "Remove all filters" }).click();
  await expect(cells(page)).toHaveCount(COUNT);
});

test("an image opens its page, and the way back leads to the same list", async ({ page }) => {
  await open(page, "&sort=size");
  await cell(page, 1).getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/patents/${items[1]?.patent_id}`));
  await page.goBack();
  await expect(page).toHaveURL(/sort=size/);
  await expect(cells(page)).toHaveCount(COUNT);
});

test("by keyboard alone: walk, select, delete, open", async ({ page }) => {
  await open(page);
  await expect(cells(page)).toHaveCount(COUNT);
  await page.keyboard.press("Control+a");
  await expect(bar(page)).toContainText(`${COUNT} selected`);
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(cells(page)).toHaveCount(COUNT);
  await page.keyboard.press("ArrowDown");
  await expect(cells(page).first()).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Space");
  await expect(cells(page).nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(bar(page)).toContainText("2 selected");
  await page.keyboard.press("Control+a");
  await expect(bar(page)).toContainText(`${COUNT} selected`);
  await page.keyboard.press("Escape");
  await expect(bar(page)).toBeHidden();
  await page.keyboard.press("End");
  await expect(cells(page).last()).toBeFocused();
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog", { name: "Delete 1 image" });
  await dialog.getByRole("button", { name: "Delete it" }).press("Enter");
  await expect(cells(page)).toHaveCount(COUNT - 1);
  await cells(page).first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/patents\//);
});

test("without the server the list says so and tries again", async ({ page }) => {
  await page.route("**/api/images?*", (route) => route.abort());
  await page.goto(at);
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute("**/api/images?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(cells(page)).toHaveCount(COUNT);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`gallery, table and dialogs pass the accessibility audit, ${colorScheme}`, async ({
    page,
  }) => {
    const audit = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map(
        (one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" ")}`,
      );
      expect(found).toEqual([]);
    };
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await open(page);
    await select(page, 0);
    await audit();
    await bar(page).getByRole("button", { name: "Edit" }).click();
    await page.getByText("Patent, page and view").click();
    await audit();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Table" }).click();
    await expect(page.getByRole("row", { name: /^USD/ })).toHaveCount(COUNT);
    await audit();
    await askDeletion(page);
    await audit();
  });
}

/** Asks for the deletion of the selected image. */
async function askDeletion(page: Page) {
  await bar(page).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog", { name: /^Delete/ })).toBeVisible();
}

test("a phone shows the library without scrolling sideways", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await open(page);
  await select(page, 0);
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page.getByRole("row", { name: /^USD/ })).toHaveCount(COUNT);
  expect(await wide()).toBeLessThanOrEqual(0);
  await page.getByText("Filters").first().click();
  await expect(page.getByRole("searchbox", { name: /^Number, name or words/ })).toBeVisible();
  expect(await wide()).toBeLessThanOrEqual(0);
});
