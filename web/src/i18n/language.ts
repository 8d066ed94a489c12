export type Language = "en" | "zh";

export const LANGUAGES: readonly Language[] = ["en", "zh"];

/** What was chosen here before, else what the browser prefers. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.find((tag): tag is Language => tag === "en" || tag === "zh") ?? "en";
}
