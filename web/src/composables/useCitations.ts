// What a patent cites and what cites it, as far as the two are known here, as lines of lists.
import type { RouteLocationRaw } from "vue-router";
import { useWords } from "../i18n";
import type { PatentReport } from "../api/types";

export interface CitationLine {
  key: string;
  name: string;
  /** Title, owner, date or class: what is known. */
  about: string;
  byExaminer: boolean;
  /** Where the patent is here. */
  to: RouteLocationRaw | null;
}

/** An image without a patent has none of them. */
type Cited = Partial<Pick<PatentReport, "citations" | "cites" | "cited_by">> & {
  patent_id?: string | null;
};

export function useCitations() {
  const { f } = useWords();

  /** All that the patent cites; those that are here are linked. */
  function cited(patent: Cited): CitationLine[] {
    const here = new Map((patent.cites ?? []).map((one) => [one.patent_id, one]));
    return (patent.citations ?? []).map((citation, index) => {
      const { patent_id, document, name, date, us_class, category } = citation;
      const known = patent_id ? here.get(patent_id) : undefined;
      const about = [known?.title ?? name, date ? f.value.day(date) : null, us_class];
      return {
        key: `${index} ${patent_id ?? document}`,
        name: patent_id ?? document ?? "",
        about: about.filter(Boolean).join(" · "),
        byExaminer: isByExaminer(category),
        to: known ? placeOf(known.patent_id) : null,
      };
    });
  }

  /** The patents here that cite it. */
  function citing(patent: Cited): CitationLine[] {
    return (patent.cited_by ?? []).map(({ patent_id, title, category }) => ({
      key: patent_id,
      name: patent_id,
      about: title ?? "",
      byExaminer: isByExaminer(category),
      to: placeOf(patent_id),
    }));
  }
  return { cited, citing };
}

function isByExaminer(category: string | null | undefined): boolean {
  return category?.includes("examiner") ?? false;
}

function placeOf(patent: string): RouteLocationRaw {
  return { name: "patent", params: { patent } };
}
