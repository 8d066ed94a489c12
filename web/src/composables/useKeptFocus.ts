// For a page that is kept while others are shown: who comes back finds the focus where it was.
import { nextTick, onActivated } from "vue";
import { onBeforeRouteLeave } from "vue-router";

export function useKeptFocus(): void {
  let last: Element | null = null;
  onBeforeRouteLeave(() => {
    last = document.activeElement;
  });
  onActivated(async () => {
    await nextTick();
    // Scrolling is the router's, which comes back to the place as well.
    if (last instanceof HTMLElement && last.isConnected) last.focus({ preventScroll: true });
    last = null;
  });
}
