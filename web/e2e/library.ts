// A library of a few images for a spec of its own, new for every test.
import { expect, type Page, test } from "@playwright/test";
import type { Item } from "../src/api/types";
import { drop, upload } from "./collections";
import { design } from "./designs";

export const COUNT = 8;

export function useLibrary(collection: string) {
  const at = `/library?collection=${collection}`;
  const items: Item[] = [];

  test.beforeEach(async ({ request }) => {
    await drop(request, collection);
    items.length = 0;
    for (let index = 0; index < COUNT; index++) {
      items.push(await upload(request, collection, design(index).sheet));
    }
  });
  test.afterAll(async ({ request }) => {
    await drop(request, collection);
  });

  const cells = (page: Page) => page.getByRole("gridcell", { name: /^USD/ });
  const cell = (page: Page, index: number) =>
    page.getByRole("gridcell", { name: new RegExp(`^${items[index]?.patent_id}\\b`) });
  const bar = (page: Page) => page.getByRole("region", { name: "Selected images" });

  async function open(page: Page, more = "") {
    await page.goto(at + more);
    await expect(page.getByText(`${COUNT} images`, { exact: true })).toBeVisible();
  }

  async function select(page: Page, index: number, modifiers: "Shift"[] = []) {
    await cell(page, index).hover();
    await cell(page, index).getByRole("checkbox").click({ modifiers });
  }

  return { collection, at, items, cells, cell, bar, open, select };
}
