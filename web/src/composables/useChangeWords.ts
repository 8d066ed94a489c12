import { computed } from "vue";
import type { Explanation } from "../api/types";
import { useWords } from "../i18n";

/** A turn and a scale this near to none go unsaid, as the server's own words have it. */
const SAME_TURN_DEGREES = 12;
const SAME_SCALE = 0.15;

/** What made the hit of the query, in a sentence; null where nobody knows. */
export function useChangeWords(change: () => Explanation["change"] | undefined) {
  const { m, f } = useWords();
  return computed(() => {
    const found = change();
    if (!found) return null;
    const words = m.value.compare;
    const parts: string[] = [];
    if (found.mirrored) parts.push(words.mirrored);
    const turned = found.turned_degrees;
    if (Math.min(turned, 360 - turned) > SAME_TURN_DEGREES) {
      parts.push(words.turned(f.value.integer(turned)));
    }
    if (Math.abs(found.scale - 1) > SAME_SCALE) {
      parts.push(words.scaled(f.value.similarity(found.scale)));
    }
    return words.changed(parts.length ? parts : [words.inPlace]);
  });
}
