// Keys and clicks in a grid of images, of which one at a time has the focus.
import { nextTick, type Ref } from "vue";
import type { Selection } from "../library/selection";
import type { ImageList } from "./useImageList";

/** What every grid of images is given. */
export interface GridProps {
  list: ImageList;
  total: number;
  selection: Selection;
  actions: GridActions;
  editable: boolean;
  /** Px at the end of the window that something covers. */
  covered: number;
}

export interface GridActions {
  open: (index: number) => void;
  pick: (index: number) => void;
  /** Selects from where selecting began, else from the first one given, to the other. */
  extend: (from: number, to: number) => void;
  pickAll: () => void;
  edit: (index: number) => void;
  remove: (index: number) => void;
  clear: () => void;
}

export interface Grid {
  root: Ref<HTMLElement | null>;
  active: Ref<number>;
  total: () => number;
  columns: () => number;
  /** Images that are in sight at once. */
  screen: () => number;
  show: (index: number) => void;
}

export function useGrid(grid: Grid, act: GridActions) {
  async function focus(index: number): Promise<void> {
    const to = within(index);
    grid.active.value = to;
    grid.show(to);
    await nextTick();
    const cell = grid.root.value?.querySelector<HTMLElement>(`[data-index="${to}"]`);
    cell?.focus({ preventScroll: true });
  }

  function within(index: number): number {
    return Math.min(grid.total() - 1, Math.max(0, index));
  }

  /** Where a key leads. */
  function target(key: string): number | undefined {
    const { value } = grid.active;
    const steps: Record<string, number> = {
      ArrowLeft: value - 1,
      ArrowRight: value + 1,
      ArrowUp: value - grid.columns(),
      ArrowDown: value + grid.columns(),
      PageUp: value - grid.screen(),
      PageDown: value + grid.screen(),
      Home: 0,
      End: grid.total() - 1,
    };
    return steps[key];
  }

  async function walk(to: number, isExtending: boolean): Promise<void> {
    const from = grid.active.value;
    await focus(to);
    if (isExtending) act.extend(from, within(to));
  }

  function actionOf(event: KeyboardEvent): (() => void) | undefined {
    const { value } = grid.active;
    if (event.ctrlKey || event.metaKey) return event.key === "a" ? act.pickAll : undefined;
    const to = target(event.key);
    if (to !== undefined) return () => void walk(to, event.shiftKey);
    const actions: Record<string, () => void> = {
      " ": () => (event.shiftKey ? act.extend(value, value) : act.pick(value)),
      Enter: () => act.open(value),
      Delete: () => act.remove(value),
      e: () => act.edit(value),
      Escape: act.clear,
    };
    return actions[event.key];
  }

  function key(event: KeyboardEvent): void {
    const isButton = event.target instanceof HTMLButtonElement;
    if (event.altKey || (isButton && (event.key === "Enter" || event.key === " "))) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** A click on the box of an image. */
  function pick(event: MouseEvent, index: number): void {
    if (event.shiftKey) act.extend(grid.active.value, index);
    else act.pick(index);
    void focus(index);
  }

  return { key, pick, focus };
}
