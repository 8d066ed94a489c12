// What is known of an item and its patent, as rows of a table.
import { useWords } from "../i18n";
import type { Item, PatentReport } from "../api/types";

export interface Fact {
  key: string;
  name: string;
  value: string;
  /** An address that it is. */
  link?: string;
}

type PatentFacts = Partial<Omit<PatentReport, "items" | "patent_id">> & {
  patent_id?: string | null;
};

export function useFactRows() {
  const { m, f } = useWords();

  function patentRows(patent: PatentFacts): Fact[] {
    const { fact, status } = m.value;
    const day = (value: number | null | undefined) => (value ? f.value.day(value) : null);
    const named = (name: string | null | undefined, country: string | null | undefined) =>
      [name, country && f.value.country(country)].filter(Boolean).join(m.value.comma);
    return known({
      patent: [fact.patent, patent.patent_id],
      title: [fact.title, patent.title],
      loc_class: [
        fact.loc_class,
        [patent.loc_class, f.value.locarno(patent.loc_class)].filter(Boolean).join(" "),
      ],
      us_class: [fact.us_class, patent.us_class],
      status: [fact.status, patent.status && (status[patent.status] ?? patent.status)],
      filed: [fact.filed, day(patent.filing_date)],
      granted: [fact.granted, day(patent.pub_date)],
      expires: [fact.expires, day(patent.expiry_date)],
      applicant: [fact.applicant, named(patent.applicant_name, patent.applicant_country)],
      assignee: [fact.assignee, patent.assignee_name],
      inventors: [fact.inventors, patent.inventor_names],
      claim: [fact.claim, patent.claim_text],
      ...attributeRows(patent.annotations, f.value.list),
    });
  }

  function imageRows(item: Item): Fact[] {
    const { fact, pixels } = m.value;
    const { integer, bytes, list } = f.value;
    return known({
      page: [fact.page, item.page_num],
      file_page: [fact.filePage, item.file_page ? integer(item.file_page) : null],
      file: [fact.file, item.file_name],
      format: [fact.format, item.format.toUpperCase()],
      pixels: [fact.pixels, pixels(integer(item.width), integer(item.height))],
      size: [fact.size, bytes(item.file_size)],
      tags: [fact.tags, list(item.tags)],
      description: [fact.description, item.description],
      ...attributeRows(item.attributes, f.value.list),
      path: [fact.path, item.original_path],
      source: [fact.source, item.source_url],
    }).map((one) => (one.key === "source" ? { ...one, link: one.value } : one));
  }
  return { patentRows, imageRows };
}

/** What was brought along with an image or joined to a patent, under the names that it was brought by. */
function attributeRows(
  attributes: Item["attributes"],
  list: (texts: string[]) => string,
): Record<string, [string, string]> {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const rows = Object.entries(attributes ?? {}).map(([name, value]): [string, [string, string]] => {
    const shown = Array.isArray(value) ? list(value.map(text)) : text(value);
    return [`attribute ${name}`, [name, shown]];
  });
  return Object.fromEntries(rows);
}

function known(rows: Record<string, [name: string, value: string | null | undefined]>): Fact[] {
  return Object.entries(rows).flatMap(([key, [name, value]]) =>
    value ? [{ key, name, value }] : [],
  );
}
