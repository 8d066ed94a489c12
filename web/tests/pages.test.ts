// Pages of a file: which of them a search is made with, and how the server is told.
import { afterEach, expect, test, vi } from "vitest";
import { ask } from "../src/api/search";
import type { FilePage, Picture } from "../src/search/query";
import { chosenPages } from "../src/search/query";

function picture(name: string, pages: FilePage[] | null, region = false): Picture {
  return {
    key: 1,
    file: new File(["x"], name),
    url: null,
    unreadable: false,
    region: region ? { x: 0, y: 0, w: 0.5, h: 1 } : null,
    figures: [],
    pages,
  };
}

function page(number: number, chosen: boolean): FilePage {
  return { page: number, url: null, chosen };
}

afterEach(() => vi.unstubAllGlobals());

/** The form that is sent for these pictures. */
async function sent(pictures: Picture[]): Promise<FormData> {
  const answer = { ok: true, json: () => Promise.resolve({ code: 0, data: {} }) };
  let body: unknown;
  vi.stubGlobal("fetch", (_: string, request: RequestInit) => {
    body = request.body;
    return Promise.resolve(answer);
  });
  await ask({ kind: "files", pictures, historyId: null }, {}, new AbortController().signal);
  return body as FormData;
}

test("a search names the pages that are chosen, by the number of their file", async () => {
  const pdf = picture("a.pdf", [page(1, false), page(3, true), page(4, true)]);
  expect(chosenPages(pdf)).toEqual([3, 4]);
  const form = await sent([picture("b.png", null), pdf]);
  expect(form.getAll("file")).toHaveLength(2);
  expect(form.getAll("page")).toEqual(["2:3", "2:4"]);
  expect(form.getAll("region")).toEqual([]);
});

test("regions are told for each page, as each is a query of its own", async () => {
  const pdf = picture("a.pdf", [page(3, true), page(4, true)]);
  const form = await sent([pdf, picture("b.png", null, true)]);
  expect(form.getAll("region")).toEqual(["0,0,1,1", "0,0,1,1", "0,0,0.5,1"]);
});

test("pages that are not known yet are left to the server", async () => {
  const form = await sent([picture("a.pdf", null)]);
  expect(form.getAll("page")).toEqual([]);
});
