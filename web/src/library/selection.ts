// Which images are selected: some by name, or all that pass the filters but some.
import { computed, shallowReactive, shallowRef } from "vue";
import type { ImageSelection, Item } from "../api/types";
import type { Parameters } from "../search/request";

export function useSelection(total: () => number) {
  const chosen = shallowReactive(new Map<number, Item>());
  const isAll = shallowRef(false);
  const except = shallowReactive(new Set<number>());
  const count = computed(() => (isAll.value ? Math.max(0, total() - except.size) : chosen.size));

  function has(id: number): boolean {
    return isAll.value ? !except.has(id) : chosen.has(id);
  }

  function set(items: Item[], on: boolean): void {
    for (const item of items) {
      if (on) except.delete(item.id);
      else chosen.delete(item.id);
      if (on && !isAll.value) chosen.set(item.id, item);
      if (!on && isAll.value) except.add(item.id);
    }
  }

  function selectAll(): void {
    clear();
    isAll.value = true;
  }

  function clear(): void {
    isAll.value = false;
    chosen.clear();
    except.clear();
  }

  return { chosen, isAll, except, count, has, set, selectAll, clear };
}

export type Selection = ReturnType<typeof useSelection>;

export interface TagChange {
  add: string[];
  remove: string[];
}

/** What requests for many images take: ids, a filter, or everything, which only administrators may
 * delete. */
export function selected(
  { isAll, chosen, except }: Pick<Selection, "isAll" | "chosen" | "except">,
  collection: string,
  filters: Parameters,
): ImageSelection {
  if (!isAll.value) return { collection, ids: [...chosen.keys()] };
  if (except.size === 0 && isEmpty(filters)) return { collection, all: true };
  return { collection, filter: { ...filters, exclude_item_id: [...except] } };
}

function isEmpty(filters: Parameters): boolean {
  return Object.values(filters).every((value) => value === null || String(value) === "");
}
