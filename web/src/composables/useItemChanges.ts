// Changes of one image: what people say about it, and its end.
import { call } from "../api/client";
import type { Item, ItemEdit } from "../api/types";
import { useCollections } from "./useCollections";

export function useItemChanges() {
  const { load } = useCollections();

  function save(item: Item, edit: ItemEdit): Promise<Item> {
    return call("patch", "/api/images/{id}", { path: { id: item.id }, body: edit });
  }

  async function remove(item: Item): Promise<void> {
    await call("delete", "/api/images/{id}", { path: { id: item.id } });
    void load();
  }

  return { save, remove };
}
