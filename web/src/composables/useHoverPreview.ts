// Which tile the pointer rests on; passing over tiles shows nothing.
import { onDeactivated, onScopeDispose, shallowRef } from "vue";
import type { Page } from "../api/types";

const REST_MS = 260;
/** The preview needs this much room; fingers have no hover. */
const ROOM = "(hover: hover) and (pointer: fine) and (min-width: 1021px)";

export function useHoverPreview() {
  const preview = shallowRef<{ page: Page; tile: DOMRect } | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const leave = () => {
    clearTimeout(timer);
    preview.value = null;
  };
  const look = (page: Page, tile: HTMLElement) => {
    clearTimeout(timer);
    if (!matchMedia(ROOM).matches) return;
    timer = setTimeout(
      () => (preview.value = { page, tile: tile.getBoundingClientRect() }),
      REST_MS,
    );
  };

  window.addEventListener("scroll", leave, { passive: true });
  onScopeDispose(() => {
    leave();
    window.removeEventListener("scroll", leave);
  });
  onDeactivated(leave);
  return { preview, look, leave };
}
