// The counts of a collection as charts, each leading to the images that it counts.
import { computed } from "vue";
import type { Facets } from "../api/types";
import { useWords } from "../i18n";
import { useFilterNames } from "./useFilterNames";

/** Lines of a short list. */
const SHORT = 3;

export function useStatisticsCharts(collection: () => string, facets: () => Facets | undefined) {
  const { m } = useWords();
  const { nameOf } = useFilterNames();

  const images = (query: Record<string, string>) => ({
    name: "library",
    query: { collection: collection(), ...query },
  });
  const charts = computed(() => {
    const words = m.value.statistics;
    const found = facets();
    if (!found) return [];
    const all = [
      {
        heading: words.classes,
        counts: found.loc_class,
        name: (value: string) => nameOf("loc_class", value),
        to: (value: string) => images({ class: value }),
      },
      {
        heading: words.applicants,
        counts: found.applicant,
        name: (value: string) => value,
        to: (value: string) => images({ applicant: value }),
      },
      {
        heading: words.countries,
        counts: found.country,
        name: (value: string) => nameOf("country", value),
        to: (value: string) => images({ country: value }),
      },
      {
        heading: words.status,
        counts: found.status,
        name: (value: string) => nameOf("status", value),
        to: (value: string) => images({ status: value }),
      },
      {
        heading: words.tags,
        counts: found.tags,
        name: (value: string) => value,
        to: (value: string) => images({ tags: value }),
      },
      {
        heading: words.formats,
        counts: found.format,
        name: (value: string) => value.toUpperCase(),
        to: undefined,
      },
    ];
    return all.filter(({ counts }) => counts.length > 0);
  });
  /** Long lists stand in columns of their own, short ones share one. */
  const columns = computed(() => {
    const long = charts.value.filter(({ counts }) => counts.length > SHORT);
    const short = charts.value.filter(({ counts }) => counts.length <= SHORT);
    return [...long.map((chart) => [chart]), ...(short.length > 0 ? [short] : [])];
  });
  return { images, columns };
}
