// What the user notes of the hits of this tab's search, for its report: kept with it in the history,
// and taken along when the same question is asked with other filters.
import { computed, reactive, watch } from "vue";
import { call } from "../api/client";
import type { HitMark, SearchMarks } from "../api/types";
import type { Query } from "../search/query";
import { useSearch } from "./useSearch";
import { useSession } from "./useSession";

/** Letters come one by one. */
const SETTLE_MS = 700;

const nothing = (): Required<SearchMarks> => ({ title: "", matter: "", note: "", hits: {} });
const UNMARKED: Required<HitMark> = { chosen: false, starred: false, note: "" };

const marks = reactive(nothing());
let settle: ReturnType<typeof setTimeout> | undefined;
let asked: Query | null = null;

const { answer, state } = useSearch();
const { me } = useSession();

const isEmpty = () =>
  !marks.title && !marks.matter && !marks.note && Object.keys(marks.hits).length === 0;

/** Has the server keep it, for the report and for later. */
async function save(): Promise<void> {
  clearTimeout(settle);
  const token = answer.value?.query_token;
  // Strangers have no history.
  if (!token || !me.value) return;
  await call("post", "/api/marks/{query_token}", { path: { query_token: token }, body: marks });
}

function later(): void {
  clearTimeout(settle);
  // What can't be kept now is tried again with the next change, and before a report is opened.
  settle = setTimeout(() => void save().catch(() => undefined), SETTLE_MS);
}

/** What was noted of a search of the history. */
async function recall(query: Query | null): Promise<void> {
  if (query?.kind !== "history" || typeof query.id !== "number" || !query.entry) return;
  const path = { query_token: query.entry.query_token };
  try {
    const kept = await call("get", "/api/marks/{query_token}", { path });
    if (query !== state.query || !isEmpty()) return;
    Object.assign(marks, nothing(), kept);
    if (!isEmpty()) later();
  } catch {
    // The search is shown without.
  }
}

watch(answer, (now) => {
  if (!now) return;
  if (state.query === asked) {
    if (!isEmpty()) later();
    return;
  }
  asked = state.query;
  Object.assign(marks, nothing());
});
watch(
  () => state.query?.kind === "history" && state.query.entry,
  () => void recall(state.query),
);

function markOf(group: string): HitMark {
  return marks.hits[group] ?? UNMARKED;
}

function mark(group: string, changes: Partial<HitMark>): void {
  const changed = { ...UNMARKED, ...marks.hits[group], ...changes };
  const others = Object.entries(marks.hits).filter(([other]) => other !== group);
  const isMarked = changed.chosen || changed.starred || Boolean(changed.note);
  marks.hits = Object.fromEntries(isMarked ? [...others, [group, changed]] : others);
  later();
}

function clearChosen(): void {
  for (const [group, { chosen }] of Object.entries(marks.hits)) {
    if (chosen) mark(group, { chosen: false });
  }
}

/** The hits that were chosen and are among those that were found. */
const chosen = computed(() =>
  (answer.value?.results ?? []).filter(({ group_id }) => marks.hits[group_id]?.chosen),
);

export function useMarks() {
  const canMark = computed(() => me.value !== null);
  return { marks, chosen, canMark, markOf, mark, clearChosen, save };
}
