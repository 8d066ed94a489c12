// What a collection is made with. Nothing chosen means what the server takes by itself.
import type { NewCollection } from "../api/types";

export interface Settings {
  model: string;
  preprocess: string;
  size: number | null;
  metric: string;
  index: string;
}

export function usualSettings(): Settings {
  return { model: "", preprocess: "", size: null, metric: "", index: "" };
}

/** Encoders that every server knows by name; any other can be typed. */
export const MODELS = [
  "builtin",
  "dinov2-small",
  "dinov2-base",
  "dinov2-large",
  "dinov2-giant",
  "dinov2-small-reg",
  "dinov2-base-reg",
  "dinov2-large-reg",
  "dinov2-giant-reg",
  "dinov3-small",
  "dinov3-small-plus",
  "dinov3-base",
  "dinov3-large",
  "clip-vit-b-32",
  "clip-vit-b-16",
  "clip-vit-l-14",
  "xlmr-clip-b-32",
  "chinese-clip-b-16",
  "siglip2-base",
  "patentclip-b-32",
];
export const PREPROCESSINGS = [
  "letterbox",
  "figure",
  "native",
  "short-side",
  "stretch",
  "processor",
  "letterbox+processor",
] as const;
export const METRICS = ["cosine", "ip", "l2"] as const;
export const INDEXES = ["auto", "flat", "hnsw", "ivf_flat", "ivf_sq8"] as const;

/** Only what was chosen, as the API takes it. */
export function chosenSettings(settings: Settings): Omit<NewCollection, "name"> {
  const chosen = Object.entries(settings).map(([name, value]) => [
    name,
    typeof value === "string" ? value.trim() : value,
  ]);
  return Object.fromEntries(chosen.filter(([, value]) => value)) as Omit<NewCollection, "name">;
}

/** Letters and digits of any script; what few scripts need beside them only the server knows. */
export function isCollectionName(name: string): boolean {
  return /^[\p{Alphabetic}\p{N}][\p{Alphabetic}\p{M}\p{N}._-]{0,63}$/u.test(name);
}
