// A frame moved and resized by keyboard: arrows move it, with Shift they resize it, Delete takes it
// away.
import type { Region } from "../search/query";

const STEP = 0.02;
const LEAST = 0.05;

const DIRECTIONS: Record<string, [number, number]> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

export function useRegionKeys(region: () => Region | null, change: (to: Region | null) => void) {
  const within = (value: number, least: number, most: number) =>
    Math.min(most, Math.max(least, value));

  return (event: KeyboardEvent): void => {
    const now = region();
    const step = DIRECTIONS[event.key];
    if (!now || (!step && event.key !== "Delete")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) return change(null);
    const [dx, dy] = step;
    change(
      event.shiftKey
        ? {
            ...now,
            w: within(now.w + dx, LEAST, 1 - now.x),
            h: within(now.h + dy, LEAST, 1 - now.y),
          }
        : {
            ...now,
            x: within(now.x + dx, 0, 1 - now.w),
            y: within(now.y + dy, 0, 1 - now.h),
          },
    );
  };
}
