// Columns of a chart over years.
import type { FacetCount } from "../api/types";

export interface YearColumn {
  from: number;
  to: number;
  count: number;
}

/** Years of a column, where there is no room for one each. */
const STEPS = [1, 2, 5, 10, 20, 50, 100];

/** Counts that lines behind the columns mark: round ones, a few, none above the tallest column. */
export function scaleOf(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const step =
    [power / 5, power / 2, power, power * 2].find(
      (one) => Number.isInteger(one) && most / one < 5,
    ) ?? power;
  return Array.from({ length: Math.floor(most / step) }, (_, index) => (index + 1) * step);
}

/** From the first year to the last without a gap, in at most so many columns of whole steps. */
export function yearColumns(counts: FacetCount[], most: number): YearColumn[] {
  const known = counts
    .map(({ value, count }) => ({ year: Number(value), count }))
    .filter(({ year }) => Number.isInteger(year));
  if (known.length === 0) return [];
  const first = Math.min(...known.map(({ year }) => year));
  const last = Math.max(...known.map(({ year }) => year));
  const columnsOf = (step: number) => Math.floor(last / step) - Math.floor(first / step) + 1;
  const step = STEPS.find((one) => columnsOf(one) <= most) ?? 100;
  const start = Math.floor(first / step);
  const columns = Array.from({ length: columnsOf(step) }, (_, index) => {
    const from = (start + index) * step;
    return { from, to: from + step - 1, count: 0 };
  });
  for (const { year, count } of known) {
    const column = columns[Math.floor(year / step) - start];
    if (column) column.count += count;
  }
  return columns;
}
