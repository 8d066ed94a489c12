// Deleted images as they are shown: those that went together stand together.
import type { TrashedItem } from "../api/types";

export interface TrashedTogether {
  deletion: number;
  deletedAt: number;
  expiresAt: number;
  items: TrashedItem[];
}

/** In the order of the list, which has what belongs together one after the other. */
export function byDeletion(items: TrashedItem[]): TrashedTogether[] {
  const together: TrashedTogether[] = [];
  for (const item of items) {
    const last = together[together.length - 1];
    if (last?.deletion === item.deletion) last.items.push(item);
    else
      together.push({
        deletion: item.deletion,
        deletedAt: item.deleted_at,
        expiresAt: item.expires_at,
        items: [item],
      });
  }
  return together;
}
