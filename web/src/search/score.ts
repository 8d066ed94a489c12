// What a cosine score means in words.
export type Band = "near" | "high" | "moderate" | "weak" | "hardly";

export const BANDS: readonly (readonly [number, Band])[] = [
  [0.9, "near"],
  [0.7, "high"],
  [0.5, "moderate"],
  [0.3, "weak"],
];

export function bandOf(score: number): Band {
  return BANDS.find(([least]) => score >= least)?.[1] ?? "hardly";
}
