// The one field: whatever names what is looked for is understood, and how is said.
import { expect, type Page, test } from "@playwright/test";
import { audit, fitsPhone } from "./audit";
import { design, rows } from "./designs";

const field = (page: Page) => page.getByRole("searchbox", { name: /^Words, patent number/ });

async function type(page: Page, text: string) {
  await page.goto("/");
  await field(page).fill(text);
}

test("a patent's number opens it, in any spelling", async ({ page }) => {
  const { patent } = design(4);
  const digits = patent.replace(/\D/g, "");
  await type(page, `US D${digits.slice(0, -3)},${digits.slice(-3)} S1`);
  await expect(page.getByText(`Patent number: opens D${digits}`)).toBeVisible();
  await audit(page);
  await field(page).press("Enter");
  await expect(page).toHaveURL(new RegExp(`/patents/${patent}`));
  await expect(page.getByText(patent).first()).toBeVisible();
});

test("a number that is not here is said to be so, and can be searched for as words", async ({
  page,
}) => {
  await type(page, "D9,999,999");
  await field(page).press("Enter");
  await expect(page.getByText("There is no patent D9999999 here.")).toBeVisible();
  await expect(field(page)).toHaveValue("D9,999,999");
  await page.getByRole("button", { name: "Search for it as words" }).click();
  await expect(page).toHaveURL(/q=D9/);
});

test("words are searched for, and an applicant's images are offered", async ({ page, request }) => {
  const answer = await request.get("/api/facets?top=1");
  const { data } = (await answer.json()) as { data: { applicant: { value: string }[] } };
  const applicant = data.applicant[0]?.value ?? "";
  await type(page, applicant.toLowerCase().slice(0, 5));
  await expect(page.getByText(/^Words: looked for in all texts/)).toBeVisible();
  const offer = page.getByRole("link", { name: `Applicant ${applicant}` });
  await expect(offer).toBeVisible();
  await audit(page);
  await fitsPhone(page);
  await offer.click();
  await expect(page).toHaveURL(/\/library\?.*applicant=/);
  await expect(page.getByRole("gridcell").first()).toBeVisible();
  await type(page, applicant);
  await field(page).press("Enter");
  await expect(rows(page).first()).toBeVisible();
  await expect(page).toHaveURL(/q=/);
});

test("the address of an image searches with it, that of a search opens it", async ({ page }) => {
  const { origin } = new URL((await page.goto("/"))?.url() ?? "");
  await field(page).fill(`${origin}/items/1`);
  await expect(page.getByText("Searches with image 1 of this library")).toBeVisible();
  await field(page).press("Enter");
  await expect(rows(page).first()).toBeVisible();
  await expect(page).toHaveURL(/item=1/);
  await expect(field(page)).toHaveValue("");
  await field(page).fill(`${origin}/?item=2&n=3`);
  await field(page).press("Enter");
  await expect(rows(page)).toHaveCount(3);
});

test("what is dragged or pasted from another site says what to do instead", async ({ page }) => {
  await page.goto("/");
  await expect(field(page)).toBeVisible();
  for (const kind of ["drop", "paste"]) {
    await field(page).fill("");
    await page.evaluate((kind) => {
      const transfer = new DataTransfer();
      const [type, text] = ["https://example.org/lamp.jpg"].flatMap((url) =>
        kind === "drop" ? ["text/uri-list", url] : ["text/plain", url],
      );
      transfer.setData(type ?? "", text ?? "");
      const event =
        kind === "paste"
          ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })
          : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }, kind);
    await expect(page.getByText(/^The server fetches nothing from example\.org/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Search with this" })).toBeDisabled();
  }
});
