// What a cosine score means in words. Where each word begins belongs to the encoder.
export const BANDS = ["near_identical", "high", "moderate", "weak"] as const;
export type Band = (typeof BANDS)[number] | "hardly";

/** The lowest score of each band, by name. */
export type Bounds = Partial<Record<string, number>>;

/** How scores are read where no encoder says otherwise. */
export const USUAL_BOUNDS: Bounds = { near_identical: 0.9, high: 0.7, moderate: 0.5, weak: 0.3 };

export function bandOf(score: number, bounds: Bounds = USUAL_BOUNDS): Band {
  return BANDS.find((band) => score >= (bounds[band] ?? Infinity)) ?? "hardly";
}
