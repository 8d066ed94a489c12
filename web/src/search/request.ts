// A search as the API takes it.
import type { Filters, Options } from "./query";

type Value = string | number | boolean | string[] | number[] | null;
export type Parameters = Record<string, Value>;

export type Metric = "cosine" | "ip" | "l2";

export function filterParameters(filters: Filters): Parameters {
  return {
    keyword: filters.keyword.trim() || null,
    loc_class: filters.loc_class,
    us_class: filters.us_class,
    applicant: filters.applicant,
    country: filters.country,
    status: filters.status,
    tags: filters.tags,
    folder: filters.folder,
    format: filters.format,
    attributes: filters.attributes,
    pub_date_from: filters.fromYear === null ? null : filters.fromYear * 10_000 + 101,
    after_item: filters.after,
    pub_date_to: filters.toYear === null ? null : filters.toYear * 10_000 + 1231,
    created_from: dayNumber(filters.addedFrom),
    created_to: dayNumber(filters.addedTo),
  };
}

/** A day as the API writes it: 20260131. */
export function dayNumber(day: string | null): number | null {
  return day === null ? null : Number(day.replaceAll("-", ""));
}

export function searchParameters(options: Options, metric: Metric): Parameters {
  return {
    collection: options.collection,
    top_groups: options.groups,
    min_score: metric === "l2" ? null : options.limit,
    max_distance: metric === "l2" ? options.limit : null,
    include_front_page: options.frontPages || null,
    mode: options.mode === "auto" ? null : options.mode,
    like: options.like,
    unlike: options.unlike,
    ...filterParameters(options.filters),
  };
}
