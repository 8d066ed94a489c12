import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const read = (path: string) => readFile(new URL(path, import.meta.url), "utf8");
const found = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map((match) => match[1]).sort();

test("the server answers with the page at every place of the app", async () => {
  const list = /const PLACES: .*= \[([^\]]*)\];/.exec(
    await read("../../crates/server/src/routes/page.rs"),
  )?.[1];
  const places = found(await read("../src/router.ts"), /path: "\/(\w+)/g);
  expect(places.length).toBeGreaterThan(2);
  expect(found(list ?? "", /"(\w+)"/g)).toEqual(places);
});
