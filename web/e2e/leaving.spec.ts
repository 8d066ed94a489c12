// Leaving while something is under way.
import { expect } from "@playwright/test";
import { auditInBothThemes } from "./audit";
import { test } from "./server";

test.use({ journey: "leaving" });

test("logging out in the middle of an upload asks first, and stops it", async ({ page }) => {
  // The browser does not ask again.
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.accept();
  });
  await page.goto("/import");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("ann");
  await page.getByLabel("Password", { exact: true }).fill("correct horse");
  await page.getByRole("button", { name: "Make the account" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  const buffer = Buffer.alloc(4_000_000);
  await (await chooser).setFiles([{ name: "large.png", mimeType: "image/png", buffer }]);
  const network = await page.context().newCDPSession(page);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
  await network.send("Network.emulateNetworkConditions", slow);
  await page.getByRole("button", { name: "Import 1 file" }).click();
  await expect(page.getByRole("progressbar", { name: /^Sending/ })).toBeVisible();

  await page.getByRole("link", { name: "Account: ann" }).click();
  const logOut = page.getByRole("button", { name: "Log out", exact: true });
  await logOut.click();
  const question = page.getByRole("dialog", { name: "Files are still being sent" });
  await auditInBothThemes(page);
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(logOut).toBeVisible();
  await logOut.click();
  await question.getByRole("button", { name: "Stop and log out" }).click();
  await expect(page).toHaveURL("/login");
  expect(asked).toEqual([]);
});
