// A frame drawn over an element with the pointer, or a place picked in it.
import { type Ref, ref } from "vue";
import type { Region } from "../search/query";

/** Smaller than this, in fractions of a side, is a click. */
const LEAST = 0.03;

export function useRegionDrag(
  target: Ref<HTMLElement | undefined>,
  done: (region: Region) => void,
  picked: (x: number, y: number) => void,
) {
  const drawn = ref<Region | null>(null);
  let from: { x: number; y: number } | null = null;

  const at = (event: PointerEvent) => {
    const box = target.value?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const within = (value: number) => Math.min(1, Math.max(0, value));
    return {
      x: within((event.clientX - box.left) / box.width),
      y: within((event.clientY - box.top) / box.height),
    };
  };

  const start = (event: PointerEvent) => {
    if (event.button !== 0) return;
    from = at(event);
    target.value?.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (!from) return;
    const to = at(event);
    drawn.value = {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      w: Math.abs(from.x - to.x),
      h: Math.abs(from.y - to.y),
    };
  };
  const end = (event: PointerEvent) => {
    const region = drawn.value;
    const place = from;
    from = null;
    drawn.value = null;
    if (event.type !== "pointerup" || !place) return;
    if (region && region.w > LEAST && region.h > LEAST) done(region);
    else if (!region || (region.w < LEAST && region.h < LEAST)) picked(place.x, place.y);
  };
  return { drawn, start, move, end };
}
