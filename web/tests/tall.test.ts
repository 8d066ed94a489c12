import { expect, test } from "vitest";
import { extentOf, follow, leadAt, MOST_PX, type Place, rowsAt } from "../src/library/tall";

const VIEWPORT = 900;
const start: Place = { top: 0, lead: 0 };

test("a list that a browser can lay out is scrolled as it is", () => {
  const extent = extentOf(5000, VIEWPORT);
  expect(extent.shown).toBe(5000);
  expect(follow(extent, start, 1234)).toEqual({ position: 1234, place: { top: 1234, lead: 0 } });
  expect(follow(extent, start, -200).position).toBe(0);
});

for (const full of [MOST_PX + 1, MOST_PX * 1.5, MOST_PX * 6]) {
  const extent = extentOf(full, VIEWPORT);

  test(`${full} px: small steps move the content by as much, from the start to the end`, () => {
    let place = start;
    let position = 0;
    const step = 700;
    while (position < full - VIEWPORT - step) {
      const before = position;
      ({ position, place } = follow(extent, place, place.top + step));
      if (position !== before + step) expect(position).toBe(before + step);
      if (place.top < 0 || place.top > extent.shown - VIEWPORT) expect(place.top).toBe("in range");
    }
    ({ position, place } = follow(extent, place, extent.shown - VIEWPORT));
    expect(position).toBe(full - VIEWPORT);
  });

  test(`${full} px: and back`, () => {
    let { position, place } = follow(extent, start, extent.shown - VIEWPORT);
    expect(position).toBe(full - VIEWPORT);
    for (let steps = 0; steps < 2000; steps++) {
      const before = position;
      ({ position, place } = follow(extent, place, place.top - 600));
      if (position !== before - 600) expect(position).toBe(before - 600);
    }
    expect(follow(extent, place, 0).position).toBe(0);
  });

  test(`${full} px: the thumb stands for the whole`, () => {
    for (const share of [0.1, 0.33, 0.5, 0.9]) {
      const { position, place } = follow(extent, start, share * (extent.shown - VIEWPORT));
      expect(position / (full - VIEWPORT)).toBeCloseTo(share, 1);
      expect(position - place.lead).toBe(place.top);
    }
    const { place } = follow(extent, start, extent.shown / 2);
    expect(follow(extent, place, extent.shown - VIEWPORT).position).toBe(full - VIEWPORT);
  });

  test(`${full} px: the content is never behind the scroll bar`, () => {
    const ends = [leadAt(extent, 0), leadAt(extent, full - VIEWPORT)];
    expect(ends).toEqual([0, full - extent.shown]);
  });
}

test("rows in sight have some around them, and none that are not there", () => {
  const shape = { rows: 100, rowHeight: 50, around: 100 };
  expect(rowsAt(0, VIEWPORT, shape)).toEqual({ start: 0, end: 20 });
  expect(rowsAt(1000, VIEWPORT, shape)).toEqual({ start: 18, end: 40 });
  expect(rowsAt(4100, VIEWPORT, shape)).toEqual({ start: 80, end: 100 });
});
