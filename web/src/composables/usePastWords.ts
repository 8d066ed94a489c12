// A search of the past in words.
import type { Collection, HistoryEntry } from "../api/types";
import { useWords } from "../i18n";
import { optionsOf, valuesOf } from "../search/past";
import { defaultOptions, LIST_FILTERS } from "../search/query";
import { useCollections } from "./useCollections";
import { useFilterNames } from "./useFilterNames";
import { useScoreWords } from "./useScoreWords";

/** Filters that only scripts set; their values speak for themselves. */
const OTHER_FILTERS = ["assignee", "patent_id"];
const LEFT_OUT = ["exclude_patent_id", "exclude_item_id"];

export function usePastWords() {
  const { m, f } = useWords();
  const { collections } = useCollections();
  const { nameOf, years, added } = useFilterNames();

  function collectionOf(entry: HistoryEntry): Collection | undefined {
    const [name] = entry.collections;
    return collections.value?.find((one) => one.name === name);
  }

  /** What a search counts: patents, or images where there are none. */
  function countOf(entry: HistoryEntry) {
    const { history } = m.value;
    return collectionOf(entry)?.num_patents === 0 ? history.images : history.groups;
  }

  function metricOf(entry: HistoryEntry): string {
    return collectionOf(entry)?.metric ?? "cosine";
  }

  /** As cards show it. */
  function score(entry: HistoryEntry, value: number): string {
    return metricOf(entry) === "cosine" ? f.value.similarity(value) : f.value.score(value);
  }

  /** What was searched for. */
  function question(entry: HistoryEntry): string {
    const { history } = m.value;
    const [first, ...others] = entry.queries;
    if (first?.text) return `“${first.text}”`;
    if (entry.kind === "text") return history.text;
    const name = first?.file_name;
    if (others.length > 0) {
      return name
        ? history.several(name, f.value.integer(others.length))
        : history.pictures(f.value.integer(entry.queries.length));
    }
    if (first?.region) return name ? history.partOf(name) : history.part;
    if (first?.kind === "item") return name ?? history.item;
    return first?.kind === "picture" ? (name ?? history.picture) : history.vector;
  }

  function limit(entry: HistoryEntry, value: number | null): string | null {
    const { history } = m.value;
    if (value === null) return null;
    const shown = f.value.threshold(value);
    const metric = metricOf(entry);
    if (metric === "l2") return history.distance(shown);
    if (metric !== "cosine") return history.scoreOnly(shown);
    const wordsOf = useScoreWords(() => collectionOf(entry));
    return value <= 0 ? m.value.options.anyScore : history.score(shown, wordsOf(value));
  }

  /** How it was searched, as far as it differs from the usual. */
  function details(entry: HistoryEntry): string[] {
    const { history } = m.value;
    const { groups, frontPages, filters, ...options } = optionsOf(entry);
    const [images] = valuesOf(entry, "top_k");
    const several = (collections.value?.length ?? 0) > 1;
    const dates = filters.fromYear !== null || filters.toYear !== null;
    const days = filters.addedFrom !== null || filters.addedTo !== null;
    return [
      several && f.value.list(entry.collections),
      images && history.images(f.value.integer(Number(images))),
      groups !== defaultOptions().groups && countOf(entry)(f.value.integer(groups)),
      limit(entry, options.limit),
      frontPages && history.frontPages,
      ...valuesOf(entry, "keyword").map(history.words),
      ...LIST_FILTERS.flatMap((name) => filters[name].map((value) => nameOf(name, value))),
      dates && years(filters.fromYear, filters.toYear),
      filters.after !== null && m.value.saved.onlyNew,
      days && added(filters.addedFrom, filters.addedTo),
      ...OTHER_FILTERS.flatMap((name) => valuesOf(entry, name)),
      ...LEFT_OUT.flatMap((name) => valuesOf(entry, name)).map(history.without),
    ].filter((text): text is string => Boolean(text));
  }

  function found(entry: HistoryEntry): string {
    const { history } = m.value;
    const time = f.value.milliseconds(entry.total_ms);
    if (entry.total_matched === 0) return history.nothing(time);
    return history.found(f.value.integer(entry.total_matched), time);
  }

  return { question, details, found, score };
}
