// Words that are composed: `dog - leash`. The server takes them apart; here they are put together again.
import type { SearchAnswer } from "../api/types";

type Description = NonNullable<SearchAnswer["query_info"]["queries"]>[number];

/** A part of them, and what it counts: less than 0 for what hits are to be unlike. */
export type Term = NonNullable<Description["terms"]>[number];

/** The words of which the server makes these parts; empty where nothing of them is to be found. */
export function composed(terms: Term[]): string {
  const wanted = terms.filter((term) => term.weight > 0);
  const unwanted = terms.filter((term) => term.weight < 0);
  if (wanted.length === 0) return "";
  const text = wanted.map((term) => quoted(term.text)).join(" + ");
  return [text, ...unwanted.map((term) => `- ${quoted(term.text)}`)].join(" ");
}

/** Signs between spaces are words only between quotation marks. */
function quoted(text: string): string {
  return /(^|\s)[+\-−](\s|$)/.test(text) ? `"${text}"` : text;
}
