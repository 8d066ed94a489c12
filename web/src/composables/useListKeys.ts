// Keys of the page of images, wherever on it the focus is.
import { useHotkeys } from "./useHotkeys";

interface ListKeys {
  focus: () => void;
  pickAll: () => void;
  filter: () => void;
  editable: () => boolean;
}

export function useListKeys(list: ListKeys): void {
  const toGrid = (event: KeyboardEvent) => {
    if (document.activeElement !== document.body) return;
    event.preventDefault();
    list.focus();
  };
  useHotkeys({
    ArrowDown: toGrid,
    ArrowRight: toGrid,
    // As in the grid itself: nobody wants to select the page's words.
    "Mod+a": (event) => {
      if (!list.editable()) return;
      event.preventDefault();
      list.pickAll();
      list.focus();
    },
    f: (event) => {
      event.preventDefault();
      list.filter();
    },
  });
}
