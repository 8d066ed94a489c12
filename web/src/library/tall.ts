// Scrolling through more than a browser can lay out.
//
// Elements end at some 16 million px in Firefox and 33 million in Chromium and Safari; a million
// images in a table are 56 million. So the element that is scrolled is at most MOST_PX tall, and its
// content is ahead of the scroll bar by a lead that grows stretch by stretch. Within a stretch a wheel
// or an arrow moves content by as many px as anywhere else; dragging the thumb, which goes further
// than a screen at once, leads to the place in the whole that it stands for. Below the limit there is
// no lead, and all of this is plain scrolling.

export const MOST_PX = 10_000_000;
const STRETCHES = 100;

export interface Extent {
  /** Of the content, in px. */
  full: number;
  /** Of the element that is scrolled. */
  shown: number;
  viewport: number;
}

/** Where the scroll bar is, from the element's top, and how far the content is ahead of it. */
export interface Place {
  top: number;
  lead: number;
}

export function extentOf(full: number, viewport: number): Extent {
  return { full, shown: Math.min(full, MOST_PX), viewport };
}

/** The lead at a position of the content: none at its start, all of it at its end. */
export function leadAt({ full, shown, viewport }: Extent, position: number): number {
  if (full === shown) return 0;
  if (position >= full - viewport) return full - shown;
  const stretch = shown / STRETCHES;
  const last = Math.floor(full / stretch) - 1;
  const index = Math.min(last, Math.max(0, Math.floor(position / stretch)));
  return Math.round((index * (full - shown)) / last);
}

/** What is in sight when the scroll bar comes to `top`, and the place that it has to go to for that. */
export function follow(
  extent: Extent,
  from: Place,
  top: number,
): { position: number; place: Place } {
  const { full, shown, viewport } = extent;
  if (full === shown) return { position: Math.max(0, top), place: { top, lead: 0 } };
  if (top <= 0) return { position: 0, place: { top, lead: 0 } };
  // Fractions of px are lost on the way to the end.
  if (top >= shown - viewport - 1) {
    return { position: full - viewport, place: { top, lead: full - shown } };
  }
  if (Math.abs(top - from.top) >= viewport) {
    const lead = leadAt(extent, (top * (full - viewport)) / (shown - viewport));
    return { position: top + lead, place: { top, lead } };
  }
  const position = top + from.lead;
  const lead = leadAt(extent, position);
  return { position, place: { top: position - lead, lead } };
}

/** The rows that are in sight at a position, with some around them; `end` is the first that is not. */
export function rowsAt(
  position: number,
  viewport: number,
  { rows, rowHeight, around }: { rows: number; rowHeight: number; around: number },
): { start: number; end: number } {
  const start = Math.floor((position - around) / rowHeight);
  const end = Math.ceil((position + viewport + around) / rowHeight);
  const within = (row: number) => Math.min(rows, Math.max(0, row));
  return { start: within(start), end: within(end) };
}
