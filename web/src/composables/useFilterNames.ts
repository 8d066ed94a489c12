// The values of filters as people read them.
import { useWords } from "../i18n";
import type { ListFilter } from "../search/query";
import { dayNumber } from "../search/request";

export function useFilterNames() {
  const { m, f } = useWords();

  function nameOf(filter: ListFilter, value: string): string {
    if (filter === "status") return m.value.status[value] ?? value;
    if (filter === "country") return f.value.country(value);
    if (filter === "loc_class") return [value, f.value.locarno(value)].filter(Boolean).join(" ");
    if (filter === "format") return value.toUpperCase();
    if (filter === "folder") return lastFolders(value);
    if (filter === "attributes") return value.replace("=", m.value.colon);
    return value;
  }

  function years(from: number | null, to: number | null): string {
    const { filters } = m.value;
    if (from !== null && to !== null) return filters.between(String(from), String(to));
    return from !== null ? filters.since(String(from)) : filters.until(String(to));
  }

  function added(from: string | null, to: string | null): string {
    const { filters } = m.value;
    const day = (text: string | null) => f.value.day(dayNumber(text) ?? 0);
    if (from !== null && to !== null) return filters.addedBetween(day(from), day(to));
    return from !== null ? filters.addedSince(day(from)) : filters.addedUntil(day(to));
  }

  return { nameOf, years, added };
}

/** The end of a path, which tells folders apart: `…/2024/paris`. */
function lastFolders(path: string): string {
  const parts = path.split("/").filter(Boolean);
  return parts.length > 2 ? `…/${parts.slice(-2).join("/")}` : path;
}
