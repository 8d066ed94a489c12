// A column of the years, in words.
import { useWords } from "../i18n";
import type { YearColumn } from "../statistics/years";

export function useYearWords() {
  const { m, f } = useWords();

  function spanOf({ from, to }: YearColumn): string {
    return from === to ? String(from) : m.value.statistics.span(String(from), String(to));
  }

  /** As it stands below a column, where the next one's is close: 2005–09. */
  function shortSpan({ from, to }: YearColumn): string {
    return from === to ? String(from) : `${from}–${String(to % 100).padStart(2, "0")}`;
  }

  function spoken(column: YearColumn): string {
    const { count } = column;
    return `${spanOf(column)}: ${m.value.statistics.count(count, f.value.integer(count))}`;
  }

  return { shortSpan, spoken };
}
