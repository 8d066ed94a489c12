// One search or another.
import type { Asked } from "./address";
import type { Query } from "./query";

/** Whether an address asks for what is searched for. */
export function isSame(asked: Asked, query: Query | null): boolean {
  if (!asked || !query) return !asked && !query;
  if (asked.kind === "history") {
    return (
      (query.kind === "history" ? query.id : query.kind === "files" && query.historyId) === asked.id
    );
  }
  if (asked.kind === "words") return query.kind === "words" && query.text === asked.text;
  const here = {
    item: query.kind === "item" ? query.id : null,
    region: JSON.stringify(query.kind === "item" && query.region),
  };
  return (
    asked.kind === "item" && here.item === asked.id && here.region === JSON.stringify(asked.region)
  );
}
