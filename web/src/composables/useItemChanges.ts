// Changes of one image: what people say about it, and its end.
import { call } from "../api/client";
import type { Item, ItemEdit } from "../api/types";
import { useCollections } from "./useCollections";
import { useUndo } from "./useUndo";

export function useItemChanges() {
  const { load } = useCollections();
  const { offer } = useUndo();

  function save(item: Item, edit: ItemEdit): Promise<Item> {
    return call("patch", "/api/images/{id}", { path: { id: item.id }, body: edit });
  }

  async function remove(item: Item): Promise<void> {
    offer(await call("delete", "/api/images/{id}", { path: { id: item.id } }));
    void load();
  }

  return { save, remove };
}
