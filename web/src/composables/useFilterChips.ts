// The filters of a list one by one: what each is called, and what the list is without it.
import { computed } from "vue";
import { type Filters, LIST_FILTERS } from "../search/query";
import { useFilterNames } from "./useFilterNames";

export interface Chip {
  name: string;
  without: Partial<Filters>;
}

export function useFilterChips(filters: () => Filters) {
  const { nameOf, years } = useFilterNames();
  return computed((): Chip[] => {
    const given = filters();
    const { fromYear, keyword, toYear } = given;
    const chips: Chip[] = LIST_FILTERS.flatMap((filter) =>
      given[filter].map((value) => ({
        name: nameOf(filter, value),
        without: { [filter]: given[filter].filter((one) => one !== value) },
      })),
    );
    if (keyword.trim()) chips.unshift({ name: keyword, without: { keyword: "" } });
    if (fromYear !== null || toYear !== null) {
      const name = years(fromYear, toYear);
      chips.push({ name, without: { fromYear: null, toYear: null } });
    }
    return chips;
  });
}
