// Everything once, in the browser alone, from an empty data directory.
import { readFile } from "node:fs/promises";
import { expect } from "@playwright/test";
import { design, designsDirectory, rows } from "./designs";
import { test } from "./server";

test.use({ journey: "everything" });

test("register, import, search with a photo, compare, report, delete, log out", async ({
  page,
}) => {
  await test.step("register", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/login/);
    await page.getByLabel("Name").fill("ann");
    await page.getByLabel("Password", { exact: true }).fill("a long password");
    await page.getByRole("button", { name: "Make the account" }).click();
    await expect(page.getByText("There are no images here yet")).toBeVisible();
  });

  await test.step("a picture that is dropped on nothing is offered for import", async () => {
    const drop = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["no picture"], "mine.png", { type: "image/png" }));
      return transfer;
    });
    await page.dispatchEvent("body", "drop", { dataTransfer: drop });
    await expect(page).toHaveURL(/\/import/);
    await expect(page.getByRole("button", { name: /^Import 1 file/ })).toBeVisible();
    await page.goto("/");
  });

  await test.step("import", async () => {
    await page.getByRole("link", { name: "Import images" }).click();
    await page
      .locator("input[type=file][webkitdirectory]")
      .setInputFiles(`${designsDirectory()}/patents`);
    await page.getByRole("button", { name: /^Import \d+ files/ }).click();
    await expect(page.getByText("Done")).toBeVisible({ timeout: 60_000 });
  });

  const { patent, photo } = design(2);
  await test.step("search with a photo", async () => {
    await page.getByRole("link", { name: "Search", exact: true }).click();
    await page.setInputFiles("input[type=file]", photo);
    // The built-in encoder sees drawings: a photo's own design may be far down the list.
    await page.getByRole("slider", { name: "Lowest score" }).press("Home");
    await page.getByRole("slider", { name: "Patents" }).press("End");
    await expect(rows(page).filter({ hasText: patent })).toHaveCount(1);
  });

  await test.step("compare", async () => {
    const compare = rows(page)
      .filter({ hasText: patent })
      .getByRole("link", { name: /^Compare/ });
    await compare.click();
    await expect(page.getByRole("application")).toHaveCount(2);
    await expect(page.getByRole("table")).toContainText("Locarno class");
    await page.keyboard.press("Escape");
  });

  await test.step("export the report", async () => {
    await page.getByRole("button", { name: "Printable report" }).click();
    const open = page.getByRole("dialog").getByRole("button", { name: "Open report" });
    const [report] = await Promise.all([page.waitForEvent("popup"), open.click()]);
    await expect(report.getByText(patent).first()).toBeVisible();
    await report.close();
    const [table] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "CSV" }).click(),
    ]);
    expect(await readFile(await table.path(), "utf8")).toContain(patent);
  });

  await test.step("delete an image", async () => {
    await page.getByRole("link", { name: "Library" }).click();
    const count = page.getByText(/^\d+ images$/).first();
    const before = Number.parseInt((await count.textContent()) ?? "");
    await page
      .getByRole("checkbox", { name: /^Select / })
      .first()
      .check();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
    await expect(count).toHaveText(`${before - 1} images`);
  });

  await test.step("log out", async () => {
    await page.getByRole("link", { name: "Account: ann" }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
    await page.goto("/library");
    await expect(page).toHaveURL(/\/login/);
  });
});
