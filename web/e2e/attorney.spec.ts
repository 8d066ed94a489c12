// An attorney's helper: search, step through the hits, choose and note, report, hand the link on.
import { expect, test } from "@playwright/test";
import { rows, searchSheet } from "./designs";

test("ten hits are in sight after little scrolling", async ({ page }) => {
  for (const [width, most] of [
    [1440, 1600],
    [390, 3000],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await searchSheet(page, 3, "/?limit=-1");
    await expect(rows(page)).toHaveCount(10);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    expect(height, `at ${width}`).toBeLessThanOrEqual(most);
  }
});

test("search, step through, choose, note, report", async ({ page }) => {
  const { patent } = await searchSheet(page, 3, "/?limit=-1");
  const second = rows(page).nth(1);
  const other = await second.getByRole("heading").textContent();

  await test.step("step from hit to hit", async () => {
    await rows(page)
      .first()
      .getByRole("link", { name: /^Compare/ })
      .click();
    await expect(page.getByText("Hit 1 of 10")).toBeVisible();
    await page.keyboard.press("j");
    await expect(page.getByText("Hit 2 of 10")).toBeVisible();
    await page.keyboard.press("k");
    await expect(page.getByText("Hit 1 of 10")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(rows(page).first()).toBeVisible();
  });

  await test.step("choose, mark and note", async () => {
    await second.getByRole("button", { name: /^Choose / }).click();
    await second.getByRole("button", { name: /^Mark / }).click();
    await second.getByRole("button", { name: /^Note on / }).click();
    const note = second.getByRole("textbox", { name: /^Note on / });
    await note.fill("the same spout");
    await note.press("Escape");
    await expect(second.getByText("the same spout")).toBeVisible();
    await expect(page.getByRole("button", { name: "1 chosen" })).toBeVisible();
  });

  await test.step("report", async () => {
    await page.getByRole("button", { name: "Printable report" }).click();
    const dialog = page.getByRole("dialog", { name: "Report" });
    await dialog.getByLabel("Title").fill("Bottles before 2010");
    await dialog.getByLabel("Matter number").fill("2026/17");
    const open = dialog.getByRole("button", { name: "Open report" });
    const [report] = await Promise.all([page.waitForEvent("popup"), open.click()]);
    await expect(report.getByRole("heading", { name: "Bottles before 2010" })).toBeVisible();
    await expect(report.getByText("2026/17")).toBeVisible();
    await expect(report.getByText("the same spout")).toBeVisible();
    await expect(report.getByText("Side by side with the query")).toBeVisible();
    await expect(report.getByText("Record of the search")).toBeVisible();
    await expect(report.getByText(other ?? "").first()).toBeVisible();
    await expect(report.getByText(patent)).toHaveCount(0);
    await expect(report.locator("body")).not.toContainText(/risk/i);
  });

  await test.step("the notes are there when the search is opened again", async () => {
    await page.reload();
    await expect(rows(page).nth(1).getByText("the same spout")).toBeVisible();
  });
});

test("a comparison keeps its query, name and score after a reload", async ({ page }) => {
  await searchSheet(page, 3);
  await rows(page)
    .first()
    .getByRole("link", { name: /^Compare/ })
    .click();
  await expect(page.getByRole("application")).toHaveCount(2);
  await page.reload();
  await expect(page.getByText(/\.TIF$/).first()).toBeVisible();
  await expect(page.getByText("Best score")).toBeAttached();
  await expect(page.getByRole("button", { name: "Heat map" })).toHaveAttribute(
    "aria-pressed",
    "false",
  );
});
