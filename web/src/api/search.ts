// Searches: by pictures of the user's, by words, by a stored image, or one of the history again.
import { regionText } from "../search/address";
import { chosenPages, type PastId, type Query } from "../search/query";
import type { Parameters } from "../search/request";
import { call } from "./client";
import type { HistoryEntry, SearchAnswer } from "./types";

/** Searches are recorded beside the answer, so it may take a moment. */
const PAUSES_MS = [60, 250, 800];

export function ask(
  query: Query,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  if (query.kind === "files") {
    return call("post", "/api/search", { body: form(query, parameters), signal });
  }
  if (query.kind === "words") {
    const body = { ...parameters, query: query.text };
    return call("post", "/api/search/text", { body, signal });
  }
  if (query.kind === "history") {
    // What is null takes a parameter of then away; top_k would stand beside top_groups.
    const body = { ...parameters, top_k: null };
    if (typeof query.id === "number") {
      const path = { id: query.id };
      return call("post", "/api/history/{id}/search", { path, body, signal });
    }
    const path = { query_token: query.id };
    return call("post", "/api/shared/{query_token}/search", { path, body, signal });
  }
  const path = { id: query.id };
  const region = query.region && [regionText(query.region)];
  return call("post", "/api/search/item/{id}", { path, body: { ...parameters, region }, signal });
}

function form(query: Extract<Query, { kind: "files" }>, parameters: Parameters): FormData {
  const form = new FormData();
  const hasRegions = query.pictures.some((picture) => picture.region);
  query.pictures.forEach((picture, index) => {
    const pages = chosenPages(picture);
    form.append("file", picture.file);
    for (const page of pages ?? []) form.append("page", `${index + 1}:${page}`);
    const region = picture.region ? regionText(picture.region) : "0,0,1,1";
    // One for each query: each of the pages is one.
    if (hasRegions) (pages ?? [1]).forEach(() => form.append("region", region));
  });
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null) form.append(name, String(one));
    }
  }
  return form;
}

/** A search of one's own history by its number, or one that was shared by its token. */
export function pastSearch(id: PastId, signal?: AbortSignal): Promise<HistoryEntry> {
  const cancel = signal ? { signal } : {};
  return typeof id === "number"
    ? call("get", "/api/history/{id}", { path: { id }, ...cancel })
    : call("get", "/api/shared/{query_token}", { path: { query_token: id }, ...cancel });
}

/** The number under which the history keeps a search: what an address can name of uploaded pictures. */
export async function recordedId(token: string, signal: AbortSignal): Promise<number | null> {
  for (const pause of PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const { items } = await call("get", "/api/history", { query: { page_size: 5 }, signal });
      const entry = items.find((one) => one.query_token === token);
      if (entry) return entry.id;
    } catch {
      return null;
    }
  }
  return null;
}
