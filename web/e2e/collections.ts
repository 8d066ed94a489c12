// Collections that a spec makes for itself and drops, so that others find the data as it was.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { type APIRequestContext, expect } from "@playwright/test";
import type { Item } from "../src/api/types";

export async function upload(
  request: APIRequestContext,
  collection: string,
  path: string,
  fields: Record<string, string> = {},
): Promise<Item> {
  const file = { name: basename(path), mimeType: "image/tiff", buffer: readFileSync(path) };
  const multipart = { collection, file, ...fields };
  const answer = await request.post("/api/images", { multipart });
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { data: Item }).data;
}

/** Whether there was such a collection. */
export async function drop(request: APIRequestContext, collection: string): Promise<boolean> {
  return (await request.delete(`/api/collections/${collection}`)).ok();
}
