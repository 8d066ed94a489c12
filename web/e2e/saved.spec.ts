// Searches under a name: found again above the history, run again, over what is new alone.
import { expect, type Page, test } from "@playwright/test";
import { auditInBothThemes, fitsPhone } from "./audit";
import { drop, upload } from "./collections";
import { design, rows } from "./designs";

const COLLECTION = "e2e-saved";
const NAME = "Bottles, matter 2026/17";

test.beforeAll(async ({ request }) => {
  await drop(request, COLLECTION);
  for (const index of [1, 2, 3]) await upload(request, COLLECTION, design(index).sheet);
});
test.afterAll(async ({ request }) => {
  await drop(request, COLLECTION);
  const answer = await request.get("/api/saved-searches");
  const { data } = (await answer.json()) as { data: { id: number }[] };
  for (const { id } of data) await request.delete(`/api/saved-searches/${id}`);
});

const saved = (page: Page) =>
  page.getByRole("region", { name: "Saved searches" }).getByRole("listitem");

test("a search is saved, found again and run over what was added since", async ({
  page,
  request,
}) => {
  await page.goto(`/?collection=${COLLECTION}&limit=-1`);
  await page.setInputFiles("input[type=file]", design(1).sheet);
  await expect(rows(page)).toHaveCount(3);

  await test.step("save", async () => {
    await page.getByRole("button", { name: "Save search" }).click();
    const dialog = page.getByRole("dialog", { name: "Save this search" });
    await expect(dialog.getByLabel("Name")).not.toHaveValue("");
    await dialog.getByLabel("Name").fill(NAME);
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("button", { name: NAME })).toHaveAttribute("aria-pressed", "true");
  });

  await test.step("run over everything, so that all is seen", async () => {
    await page.getByRole("link", { name: "History" }).click();
    await saved(page)
      .getByRole("button", { name: `Run again: ${NAME}` })
      .click();
    await expect(rows(page)).toHaveCount(3);
  });

  await test.step("run over what is new", async () => {
    await upload(request, COLLECTION, design(5).sheet);
    await page.getByRole("link", { name: "History" }).click();
    await expect(saved(page)).toContainText("1 image added since");
    await auditInBothThemes(page);
    await fitsPhone(page);
    await saved(page)
      .getByRole("button", { name: `Search what is new: ${NAME}` })
      .click();
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page).getByRole("heading")).toHaveText(design(5).patent);
    // The address has what was new then.
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await page.getByRole("button", { name: "Remove filter Only what is new" }).click();
    await expect(rows(page)).toHaveCount(4);
  });

  await test.step("it outlives the history, until it is forgotten", async () => {
    await page.getByRole("link", { name: "History" }).click();
    await expect(saved(page)).toContainText("Nothing new since");
    await page.getByRole("button", { name: "Delete all" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete the history" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.reload();
    await expect(saved(page)).toHaveCount(1);
    await page.getByRole("button", { name: `Forget the saved search ${NAME}` }).click();
    await expect(page.getByRole("heading", { name: "Saved searches" })).toBeHidden();
  });
});

test("a name that is taken is said to be so", async ({ page }) => {
  for (const index of [2, 3]) {
    await page.goto(`/?collection=${COLLECTION}&limit=-1`);
    await page.setInputFiles("input[type=file]", design(index).sheet);
    await expect(rows(page).first()).toBeVisible();
    await page.getByRole("button", { name: "Save search" }).click();
    const dialog = page.getByRole("dialog", { name: "Save this search" });
    await dialog.getByLabel("Name").fill("Twice");
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    if (index === 3) await expect(dialog).toContainText("The name is taken");
    else await expect(dialog).toBeHidden();
  }
});
