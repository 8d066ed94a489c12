// Where a picture is looked at: shared by all stages that shall move together.
import { reactive } from "vue";

/** A view in fractions of the stage: scale 1 shows all of the picture, (0, 0) centres it. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

const MOST = 16;

export function usePanZoom() {
  const view = reactive<View>({ scale: 1, x: 0, y: 0 });

  /** Zooms so that the place under (atX, atY), from the centre, stays where it is. */
  function zoom(factor: number, atX = 0, atY = 0): void {
    const scale = Math.min(MOST, Math.max(1, view.scale * factor));
    const ratio = scale / view.scale;
    view.x = atX - (atX - view.x) * ratio;
    view.y = atY - (atY - view.y) * ratio;
    view.scale = scale;
    pan(0, 0);
  }

  function pan(dx: number, dy: number): void {
    const most = (view.scale - 1) / 2;
    const within = (value: number) => Math.min(most, Math.max(-most, value));
    view.x = within(view.x + dx);
    view.y = within(view.y + dy);
  }

  function fit(): void {
    Object.assign(view, { scale: 1, x: 0, y: 0 });
  }
  return { view, zoom, pan, fit };
}

export type PanZoom = ReturnType<typeof usePanZoom>;
