import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { design, rows, samples, searchSheet } from "./designs";

test("a TIFF finds its patent, and the link to it lasts", async ({ page }) => {
  const { patent } = await searchSheet(page, 3);
  await expect(page.getByRole("img", { name: /^Query: .*\.TIF$/ })).toBeVisible();
  await expect(page).toHaveURL(/search=\d+/);
  await page.reload();
  await expect(rows(page).first().getByRole("heading")).toHaveText(patent);
  await expect(page.getByText("Searched again by its stored vector")).toBeVisible();
});

for (const kind of ["paste", "drop"] as const) {
  test(`pictures arrive by ${kind}`, async ({ page }) => {
    const { photo } = design(2);
    await page.goto("/");
    await expect(page.getByRole("button", { name: /Drop a picture here/ })).toBeVisible();
    const bytes = readFileSync(photo).toString("base64");
    await page.evaluate(
      ({ kind, bytes }) => {
        const data = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([data], "photo.jpg", { type: "image/jpeg" }));
        const event =
          kind === "paste"
            ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true })
            : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(event);
      },
      { kind, bytes },
    );
    await expect(page.getByRole("img", { name: "Query: photo.jpg" })).toBeVisible();
    await expect(rows(page).first()).toBeVisible();
  });
}

test("several pictures are one question, and each can be left out", async ({ page }) => {
  await page.goto("/");
  await page.setInputFiles("input[type=file]", [design(1).sheet, design(1).photo]);
  await expect(page.getByText("2 pictures as one question")).toBeVisible();
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("button", { name: /^Remove .*\.jpg$/ }).click();
  await expect(page.getByText("2 pictures as one question")).toBeHidden();
  await expect(rows(page).first().getByRole("heading")).toHaveText(design(1).patent);
});

test("the pages of a PDF are offered, and each can be searched with or left out", async ({
  page,
}) => {
  await page.goto("/");
  const first = page.waitForResponse((one) => one.url().endsWith("/api/search"));
  await page.setInputFiles("input[type=file]", "../fixtures/pdf/patent.pdf");
  await expect(page.getByText("Searching with 2 of 4 pages")).toBeVisible();
  await first;
  const fourth = page.getByRole("button", { name: "Page 4" });
  await expect(fourth).toHaveAttribute("aria-pressed", "true");
  const answered = page.waitForResponse((one) => one.url().endsWith("/api/search"));
  await fourth.click();
  await expect(page.getByText("Searching with 1 of 4 pages")).toBeVisible();
  const answer = (await (await answered).json()) as {
    data: { query_info: { queries: { page: number | null }[] } };
  };
  expect(answer.data.query_info.queries.map((query) => query.page)).toEqual([3]);
  await page.getByRole("button", { name: "Page 3" }).click();
  await expect(page.getByText("Searching with 1 of 4 pages")).toBeVisible();
});

test("a hit that is liked steers the search, and a click takes it back", async ({ page }) => {
  await searchSheet(page, 3);
  const first = rows(page).first();
  await first
    .getByRole("button", { name: /^More like / })
    .first()
    .click();
  await expect(page).toHaveURL(/like=\d+/);
  const chips = page.getByRole("list", { name: "What steers the search" });
  await expect(chips.getByRole("button")).toHaveCount(1);
  await first
    .getByRole("button", { name: /^Less like / })
    .first()
    .click();
  await expect(page).toHaveURL(/unlike=\d+/);
  await chips.getByRole("button").click();
  await expect(chips).toBeHidden();
  await expect(page).not.toHaveURL(/like=/);
});

test("a sample is a query, and the back button takes it back", async ({ page }) => {
  await page.goto("/");
  await samples(page).first().click();
  await expect(rows(page).first()).toBeVisible();
  await expect(page).toHaveURL(/item=\d+/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Which designs look like this?" })).toBeVisible();
});

test("a region of the query counts, by keyboard and by pointer", async ({ page }) => {
  await page.goto("/");
  await samples(page).first().click();
  await page.getByRole("button", { name: "Choose a region" }).click();
  await expect(page).toHaveURL(/region=0.25,0.25,0.5,0.5/);
  await page.keyboard.press("ArrowRight");
  await expect(page).toHaveURL(/region=0.27,/);
  await page.getByRole("button", { name: "Whole picture" }).click();
  await expect(page).not.toHaveURL(/region/);
  // Other results make another height of the page, which may scroll it.
  await page.waitForLoadState("networkidle");
  const box = await page.getByRole("img", { name: /^Query:/ }).boundingBox();
  if (!box) throw new Error("no picture");
  await page.mouse.move(box.x + box.width * 0.1, box.y + box.height * 0.1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.6, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/region=0\.1\d*,0\.1/);
});

test("the region drawn on a picture of one's own is still there after a reload and by a link", async ({
  page,
  context,
}) => {
  await searchSheet(page, 3);
  const frame = (of: Page) => of.getByRole("img", { name: /^Region: 25% from the left/ });
  await page.getByRole("button", { name: "Choose a region" }).click();
  await expect(frame(page)).toBeVisible();
  // The search of the region has another number than that of the whole.
  const before = page.url();
  await expect.poll(() => page.url()).not.toBe(before);
  const sides = async (of: Page) => {
    const box = await of.getByRole("img", { name: /^Query/ }).boundingBox();
    return (box?.width ?? 0) / (box?.height ?? 1);
  };
  const whole = await sides(page);
  await page.reload();
  await expect(frame(page)).toBeVisible();
  expect(await sides(page)).toBeCloseTo(whole, 1);

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain("shared=");
  const other = await context.newPage();
  await other.goto(link);
  await expect(frame(other)).toBeVisible();
  expect(await sides(other)).toBeCloseTo(whole, 1);
});

test("filters narrow the results, with counts, and each can be taken away", async ({ page }) => {
  await searchSheet(page, 3, "/?limit=-1&n=30");
  const before = await rows(page).count();
  const filter = page.getByRole("group", { name: "Locarno class" }).getByRole("checkbox").first();
  await filter.check();
  await expect.poll(() => rows(page).count()).toBeLessThan(before);
  await expect(page).toHaveURL(/class=/);
  await page.goBack();
  await expect(page).not.toHaveURL(/class=/);
  await expect.poll(() => rows(page).count()).toBe(before);
  await page.goForward();
  await page.getByRole("button", { name: /^Remove filter/ }).click();
  await expect.poll(() => rows(page).count()).toBe(before);
});

test("the sliders say what they mean and change the results", async ({ page }) => {
  await searchSheet(page, 3);
  await page.getByRole("slider", { name: "Patents" }).fill("3");
  await expect(rows(page)).toHaveCount(3);
  const score = page.getByRole("slider", { name: "Lowest score" });
  await score.fill("0.95");
  await expect(score).toHaveAttribute("aria-valuetext", "0.95, near-identical");
  await expect(rows(page)).toHaveCount(1);
});

test("nothing found says what stands in the way, and relaxes just that", async ({ page }) => {
  await page.goto("/?limit=1");
  await page.setInputFiles("input[type=file]", design(4).photo);
  await expect(page.getByText("Nothing scores 1.00 or more.")).toBeVisible();
  await page.getByRole("button", { name: /^Show from|^Show the nearest/ }).click();
  await expect(rows(page).first()).toBeVisible();

  const words = page.getByRole("searchbox", { name: "Number, name or words" });
  await words.fill("no such words anywhere");
  await expect(page.getByText("No image passes all of these filters.")).toBeVisible();
  // The one that does it is found among several, and how many there would be without it.
  await page.goto(`${page.url()}&status=in_force&status=expired`);
  await page.getByRole("button", { name: /^Without “no such words anywhere”: \d+$/ }).click();
  await expect(rows(page).first()).toBeVisible();
});

test("what is no picture is said in words, with the details one click away", async ({ page }) => {
  await page.goto("/");
  const file = { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
  await page.setInputFiles("input[type=file]", file);
  await expect(page.getByRole("alert")).toContainText("not a picture that can be read");
  await page.getByText("Technical details").click();
  await expect(page.getByRole("alert")).toContainText("x-request-id");
});

test("without the server the page says so and tries again", async ({ page }) => {
  await page.goto("/");
  await page.route("**/api/search", (route) => route.abort());
  await page.setInputFiles("input[type=file]", design(3).sheet);
  await expect(page.getByRole("alert")).toContainText("The server does not answer");
  await page.unroute("**/api/search");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page).first()).toBeVisible();
});

test("report and table of a search", async ({ page }) => {
  const { patent } = await searchSheet(page, 3);
  await page.getByRole("button", { name: "Printable report" }).click();
  const open = page.getByRole("dialog").getByRole("button", { name: "Open report" });
  const [report] = await Promise.all([page.waitForEvent("popup"), open.click()]);
  await expect(report.getByText(patent).first()).toBeVisible();
  const table = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  expect(await (await page.request.get(table ?? "")).text()).toContain(patent);
});
