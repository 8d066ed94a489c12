// How fast something goes, from how far it was when.

export interface Reading {
  seconds: number;
  amount: number;
}

/** Imports and uploads come in bursts: speeds are those of so many seconds. */
const WINDOW_SECONDS = 5;

/** Points of a curve, at most; then every other one is forgotten. */
const MOST_READINGS = 400;

/** Adds a reading to those before, all of one start; nothing is told by going back or standing. */
export function withReading(readings: readonly Reading[], next: Reading): readonly Reading[] {
  const last = readings.at(-1);
  if (last && next.amount < last.amount) return [next];
  if (last && next.seconds <= last.seconds) return readings;
  const kept =
    readings.length < MOST_READINGS
      ? readings
      : readings.filter((_, index) => index % 2 === 0 || index === readings.length - 1);
  return [...kept, next];
}

/** Amount per second just before a reading. */
export function speedAt(readings: readonly Reading[], index: number): number {
  const now = readings[index];
  if (!now) return 0;
  const early = (one: Reading | undefined) =>
    one !== undefined && now.seconds - one.seconds < WINDOW_SECONDS;
  let back = index;
  while (early(readings[back])) back -= 1;
  // Before the first reading is the start.
  const before = readings[back] ?? { seconds: 0, amount: 0 };
  const seconds = now.seconds - before.seconds;
  return seconds > 0 ? (now.amount - before.amount) / seconds : 0;
}

export function speedNow(readings: readonly Reading[]): number {
  return speedAt(readings, readings.length - 1);
}
