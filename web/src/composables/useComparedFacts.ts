// The facts of a query and of a hit, to be read beside each other.
import { computed } from "vue";
import type { Item } from "../api/types";
import { useWords } from "../i18n";
import { type Fact, useFactRows } from "./useFactRows";

/** A query may be a file, of which only the name is known. */
export function useComparedFacts(
  query: () => { item: Item | null; name: string },
  hit: () => { item: Item | null; score: number | null },
) {
  const { m, f } = useWords();
  const { patentRows, imageRows } = useFactRows();

  const factsOf = (item: Item | null): Fact[] =>
    item ? [...patentRows(item), ...imageRows(item)] : [];
  const hitFacts = computed((): Fact[] => {
    const { item, score } = hit();
    if (!item) return [];
    const facts = factsOf(item);
    if (score === null) return facts;
    return [{ key: "score", name: m.value.fact.score, value: f.value.score(score) }, ...facts];
  });
  const queryFacts = computed((): Fact[] => {
    const { item, name } = query();
    if (item) return factsOf(item);
    return name ? [{ key: "file", name: m.value.fact.file, value: name }] : [];
  });
  return { queryFacts, hitFacts };
}
