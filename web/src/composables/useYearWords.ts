// A column of the years, in words.
import { useWords } from "../i18n";
import type { YearColumn } from "../statistics/years";

export function useYearWords() {
  const { m, f } = useWords();

  function spanOf({ from, to }: YearColumn): string {
    return from === to ? String(from) : m.value.statistics.span(String(from), String(to));
  }

  function spoken(column: YearColumn): string {
    const { count } = column;
    return `${spanOf(column)}: ${m.value.statistics.count(count, f.value.integer(count))}`;
  }

  return { spanOf, spoken };
}
