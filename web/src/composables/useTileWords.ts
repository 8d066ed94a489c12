// What a tile of a result says of its page, and how it is read out.
import { computed } from "vue";
import type { Group, Page } from "../api/types";
import { useWords } from "../i18n";
import { useSearch } from "./useSearch";

export function useTileWords(props: { group: Group; page: Page; best: boolean }) {
  const { m, f } = useWords();
  const { metric } = useSearch();

  const score = computed(() => {
    // Of words the reasons say more: see FoundBy.
    if (props.page.found_by) return "";
    return metric.value === "cosine"
      ? f.value.similarity(props.page.score)
      : f.value.score(props.page.score);
  });
  /** How the query was laid down when it found this, unless as it came. */
  const pose = computed(() => {
    const { pose } = props.page;
    const degrees = /\d+$/.exec(pose)?.[0];
    const mirrored = pose.startsWith("mirrored");
    if (mirrored) return degrees ? m.value.pose.both(degrees) : m.value.pose.mirrored;
    return degrees ? m.value.pose.turned(degrees) : null;
  });
  const label = computed(() => {
    const name = props.group.patent_id ?? props.page.file_name;
    const number = props.page.page_num ?? "";
    const { results } = m.value;
    const parts = [
      score.value
        ? results.page(name, number, score.value)
        : [name, number].filter(Boolean).join(", "),
    ];
    if (props.page.figure?.label) parts.push(props.page.figure.label);
    if (pose.value) parts.push(pose.value);
    if (props.best) parts.push(m.value.results.bestPage);
    return parts.join(", ");
  });
  return { score, pose, label };
}
