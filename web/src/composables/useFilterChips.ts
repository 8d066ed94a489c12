// The filters of a list one by one: what each is called, and what the list is without it.
import { computed } from "vue";
import { useWords } from "../i18n";
import { type Filters, LIST_FILTERS } from "../search/query";
import { useFilterNames } from "./useFilterNames";

export interface Chip {
  name: string;
  without: Partial<Filters>;
}

export function useFilterChips(filters: () => Filters) {
  const { m } = useWords();
  const { nameOf, years, added } = useFilterNames();
  return computed((): Chip[] => {
    const given = filters();
    const { addedFrom, addedTo, fromYear, keyword, toYear } = given;
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
    if (addedFrom !== null || addedTo !== null) {
      const name = added(addedFrom, addedTo);
      chips.push({ name, without: { addedFrom: null, addedTo: null } });
    }
    if (given.after !== null) chips.push({ name: m.value.saved.onlyNew, without: { after: null } });
    return chips;
  });
}
