// Cosine scores in words, as the encoder of their collection reads them.
import type { Collection } from "../api/types";
import { useWords } from "../i18n";
import { bandOf } from "../search/score";

export function useScoreWords(collection: () => Collection | null | undefined) {
  const { m } = useWords();
  return (score: number): string => m.value.bands[bandOf(score, collection()?.model?.bands)];
}
