// Decisions about groups of near duplicates: which image stays, or that they are none.
import { computed, nextTick, shallowRef } from "vue";
import { ApiError } from "../api/client";
import type { Decision, DuplicateGroup as Group } from "../api/types";
import { nameOf } from "../library/places";

export type Decide = (group: Group, decision: Decision) => Promise<void>;

/** `confirm` asks before images are deleted; `focus` goes to the group that is next. */
export function useDuplicateDecisions(decide: Decide, confirm: () => void, focus: () => void) {
  const asked = shallowRef<{ group: Group; keep: number } | null>(null);
  const refused = shallowRef<{ group: Group; error: ApiError } | null>(null);

  const itemsOf = (group: Group) => [
    group.representative,
    ...group.members.map((member) => member.item),
  ];
  const kept = computed(() => {
    const { group, keep } = asked.value ?? {};
    const item = group && itemsOf(group).find((one) => one.id === keep);
    return item ? nameOf(item) : "";
  });
  const others = computed(() => asked.value?.group.members.length ?? 0);

  function askKeep(group: Group, keep: number): void {
    asked.value = { group, keep };
    confirm();
  }

  async function keepOne(): Promise<void> {
    if (!asked.value) return;
    const { group, keep } = asked.value;
    const ids = itemsOf(group).map((item) => item.id);
    await decide(group, { decision: "keep", keep, delete: ids.filter((id) => id !== keep) });
    focus();
  }

  /** As many as the server takes; the rest come again as a group of their own. */
  const APART = 100;

  async function apart(group: Group): Promise<void> {
    refused.value = null;
    try {
      const items = itemsOf(group).map((item) => item.id);
      const decided = decide(group, {
        decision: "not_duplicate",
        items: items.slice(0, APART),
      });
      await nextTick();
      focus();
      await decided;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refused.value = { group, error };
    }
  }

  return { kept, others, refused, askKeep, keepOne, apart };
}
