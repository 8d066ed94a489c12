// Where a patent is found outside of this program. Nothing is fetched from there: they are links.

/** Of the United States: what they grant, and its number, as ids have them. */
const PATENT = /^US(D|RE|PP|H|T)?(\d+)$/;

/** What Google adds to a number whose kind is not known. */
const KINDS: Record<string, string> = { D: "S1", RE: "E1", PP: "P1", H: "H1", T: "I4" };

export function placesElsewhere(patent: string, kind: string | null | undefined) {
  const [, letters, digits] = PATENT.exec(patent) ?? [];
  if (!digits) return null;
  const ending = kind ?? KINDS[letters ?? ""] ?? "";
  const query = encodeURIComponent(`${letters ?? ""}${digits}.pn.`);
  return {
    google: `https://patents.google.com/patent/${patent}${ending}/en`,
    office: `https://ppubs.uspto.gov/pubwebapp/external.html?q=${query}`,
  };
}
