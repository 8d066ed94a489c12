// Where hits and comparisons are found.
import type { RouteLocationRaw } from "vue-router";
import type { Group, Page, SearchAnswer } from "../api/types";

export function bestPage(group: Group, smallerIsBetter: boolean): Page | undefined {
  return group.pages.reduce<Page | undefined>((best, page) => {
    if (!best) return page;
    return (smallerIsBetter ? page.score < best.score : page.score > best.score) ? page : best;
  }, undefined);
}

export function detailOf(group: Group, page: Page): RouteLocationRaw {
  if (!group.patent_id) return { name: "item", params: { item: String(page.id) } };
  return patentOf(group.patent_id, page);
}

/** A patent's page, at one of its images: in the collection of that, as others may have it too. */
export function patentOf(
  patent: string,
  { id, collection }: Pick<Page, "id" | "collection">,
): RouteLocationRaw {
  return { name: "patent", params: { patent }, query: { view: String(id), collection } };
}

/** The index of the figure by which an answer has an item, if it has it by one. */
export function figureOf(answer: SearchAnswer | null, item: number): number | undefined {
  const pages = answer?.results.flatMap((group) => group.pages) ?? [];
  return pages.find((page) => page.id === item)?.figure?.index;
}

/** A hit, or a figure of it, of the search whose token is given, or two stored items. */
export function comparisonOf(
  item: number,
  query: { token: string; index?: number; figure?: number | undefined } | { item: number },
): RouteLocationRaw {
  const params = { item: String(item) };
  if ("item" in query) return { name: "compare", params, query: { with: String(query.item) } };
  const index = query.index ? { index: String(query.index) } : {};
  const figure = query.figure === undefined ? {} : { figure: String(query.figure) };
  return { name: "compare", params, query: { query: query.token, ...index, ...figure } };
}
