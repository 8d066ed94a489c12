// A search as the API takes it.
import { call } from "../api/client";
import type { SearchAnswer } from "../api/types";
import { regionText } from "./address";
import type { Filters, Options, Query } from "./query";

type Value = string | number | boolean | string[] | null;
export type Parameters = Record<string, Value>;

export type Metric = "cosine" | "ip" | "l2";

export function filterParameters(filters: Filters): Parameters {
  return {
    keyword: filters.keyword.trim() || null,
    loc_class: filters.loc_class,
    applicant: filters.applicant,
    country: filters.country,
    status: filters.status,
    tags: filters.tags,
    pub_date_from: filters.fromYear === null ? null : filters.fromYear * 10_000 + 101,
    pub_date_to: filters.toYear === null ? null : filters.toYear * 10_000 + 1231,
  };
}

export function searchParameters(options: Options, metric: Metric): Parameters {
  return {
    collection: options.collection,
    top_groups: options.groups,
    min_score: metric === "l2" ? null : options.limit,
    max_distance: metric === "l2" ? options.limit : null,
    include_front_page: options.frontPages || null,
    ...filterParameters(options.filters),
  };
}

export function ask(
  query: Query,
  parameters: Parameters,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  if (query.kind === "files") {
    return call("post", "/api/search", { body: form(query, parameters), signal });
  }
  const path = { id: query.id };
  if (query.kind === "history") {
    // What is null takes a parameter of then away; top_k would stand beside top_groups.
    const body = { ...parameters, top_k: null };
    return call("post", "/api/history/{id}/search", { path, body, signal });
  }
  const region = query.region && regionText(query.region);
  return call("post", "/api/search/item/{id}", { path, body: { ...parameters, region }, signal });
}

function form(query: Extract<Query, { kind: "files" }>, parameters: Parameters): FormData {
  const form = new FormData();
  for (const { file } of query.pictures) form.append("file", file);
  if (query.pictures.some((picture) => picture.region)) {
    for (const { region } of query.pictures) {
      form.append("region", region ? regionText(region) : "0,0,1,1");
    }
  }
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null) form.append(name, String(one));
    }
  }
  return form;
}
