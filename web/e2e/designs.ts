// The synthetic patents that the server has.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, type Page } from "@playwright/test";

const directory = resolve(process.env["E2E_DIRECTORY"] ?? "../target/e2e", "designs");

export function designsDirectory(): string {
  return directory;
}

interface Design {
  patent_id: string;
  sheets: { file: string; front_page: boolean }[];
  photos: string[];
}

/** Read when a test asks: the server's start makes them. */
function designs(): Design[] {
  const text = readFileSync(join(directory, "ground-truth.json"), "utf8");
  return (JSON.parse(text) as { designs: Design[] }).designs;
}

export function design(index: number) {
  const one = designs()[index];
  if (!one) throw new Error(`there is no design ${index}`);
  const sheets = one.sheets.filter((sheet) => !sheet.front_page);
  const path = (file: string | undefined) => join(directory, file ?? "");
  return { patent: one.patent_id, sheet: path(sheets[0]?.file), photo: path(one.photos[0]) };
}

/** Searches with a design's first sheet, and waits for it to be the first hit. */
export async function searchSheet(page: Page, index: number, address = "/") {
  const { patent, sheet } = design(index);
  await page.goto(address);
  await page.setInputFiles("input[type=file]", sheet);
  await expect(rows(page).first().getByRole("heading")).toHaveText(patent);
  return { patent, sheet };
}

export function rows(page: Page) {
  return page
    .getByRole("region", { name: "Results" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading") });
}

/** The start page's pictures to try a search with. */
export function samples(page: Page) {
  return page.locator(".samples").getByRole("button");
}
