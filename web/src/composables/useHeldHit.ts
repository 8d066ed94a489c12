// A hit that is dragged over the query: let go, the search goes on with more like it.
import { ref } from "vue";
import { holdsItem, itemOf } from "../search/dragged";
import { useSearch } from "./useSearch";

export function useHeldHit() {
  const { state, steer } = useSearch();
  const held = ref(false);
  const leave = () => (held.value = false);

  function hold(event: DragEvent): void {
    held.value = holdsItem(event);
    if (held.value) event.preventDefault();
  }

  function take(event: DragEvent): void {
    leave();
    const id = itemOf(event);
    if (id === null) return;
    event.preventDefault();
    if (!state.options.like.includes(id)) steer(id, "like");
  }
  return { held, hold, leave, take };
}
