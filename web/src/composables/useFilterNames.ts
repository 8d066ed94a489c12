// The values of filters as people read them.
import { useWords } from "../i18n";
import type { ListFilter } from "../search/query";

export function useFilterNames() {
  const { m, f } = useWords();

  function nameOf(filter: ListFilter, value: string): string {
    if (filter === "status") return m.value.status[value] ?? value;
    if (filter === "country") return f.value.country(value);
    if (filter === "loc_class") return [value, f.value.locarno(value)].filter(Boolean).join(" ");
    return value;
  }

  function years(from: number | null, to: number | null): string {
    const { filters } = m.value;
    if (from !== null && to !== null) return filters.between(String(from), String(to));
    return from !== null ? filters.since(String(from)) : filters.until(String(to));
  }

  return { nameOf, years };
}
