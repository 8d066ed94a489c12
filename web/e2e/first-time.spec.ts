// Somebody who has just started the program: nothing is there, pictures are dropped, and found.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect } from "@playwright/test";
import { audit } from "./audit";
import { design } from "./designs";
import { test } from "./server";

test.use({ journey: "first-time", accounts: "off" });

const FILES = [0, 1, 2, 3];

test("an empty library, pictures dropped on it, imported, searched", async ({ page }) => {
  await test.step("it says what to do", async () => {
    await page.goto("/");
    await expect(page.getByRole("heading", { name: "There are no images here yet" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Import images" })).toBeVisible();
    await audit(page);
  });

  await test.step("pictures are dropped, and offered for import", async () => {
    const files = FILES.map((index) => {
      const { photo } = design(index);
      return { name: basename(photo), bytes: readFileSync(photo).toString("base64") };
    });
    const transfer = await page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of files) {
        const data = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
        transfer.items.add(new File([data], name, { type: "image/jpeg" }));
      }
      return transfer;
    }, files);
    await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
    await expect(page).toHaveURL(/\/import/);
    await page.getByRole("button", { name: `Import ${FILES.length} files` }).click();
    await expect(page.getByText("Done")).toBeVisible({ timeout: 60_000 });
  });

  await test.step("they are searched at once", async () => {
    await page.getByRole("link", { name: /^Search in default/ }).click();
    await expect(page.getByRole("heading", { name: "Which images look like this?" })).toBeVisible();
    await expect(page.locator(".samples img").first()).toBeVisible();
    const { photo } = design(2);
    await page.setInputFiles("input[type=file]", photo);
    const best = page
      .getByRole("region", { name: "Results" })
      .getByRole("link", { name: new RegExp(basename(photo).replace(/\./g, "\\.")) })
      .first();
    await expect(best).toBeVisible();
    await expect(page.getByRole("main")).not.toContainText(/patent/i);
    await expect(page).toHaveURL(/[?&]search=/);
    await page.reload();
    await expect(best).toBeVisible();
  });
});
