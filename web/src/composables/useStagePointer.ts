// Wheel, drag, pinch and keys of a stage as movements of its view.
import { type Ref } from "vue";
import type { PanZoom } from "./usePanZoom";

const WHEEL = 0.0016;
const STEP = 0.08;

export function useStagePointer(stage: Ref<HTMLElement | undefined>, { zoom, pan, fit }: PanZoom) {
  const pointers = new Map<number, { x: number; y: number }>();
  let spread = 0;

  const place = (event: { clientX: number; clientY: number }) => {
    const box = stage.value?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return {
      x: (event.clientX - box.left) / box.width - 0.5,
      y: (event.clientY - box.top) / box.height - 0.5,
    };
  };

  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const { x, y } = place(event);
    zoom(Math.exp(-event.deltaY * WHEEL), x, y);
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    stage.value?.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    spread = distance();
  };
  const move = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    pointers.set(event.pointerId, now);
    const share = 1 / pointers.size;
    pan((now.x - before.x) * share, (now.y - before.y) * share);
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()] as [typeof now, typeof now];
      const apart = distance();
      if (spread > 0 && apart > 0) zoom(apart / spread, (a.x + b.x) / 2, (a.y + b.y) / 2);
      spread = apart;
    }
  };
  const up = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
    spread = distance();
  };
  const key = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      "+": () => zoom(1.25),
      "=": () => zoom(1.25),
      "-": () => zoom(0.8),
      "0": fit,
      ArrowLeft: () => pan(STEP, 0),
      ArrowRight: () => pan(-STEP, 0),
      ArrowUp: () => pan(0, STEP),
      ArrowDown: () => pan(0, -STEP),
    };
    const act = moves[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const twice = (event: MouseEvent) => {
    const { x, y } = place(event);
    zoom(2, x, y);
  };

  function distance(): number {
    const [a, b] = [...pointers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }
  return { wheel, down, move, up, key, twice };
}
