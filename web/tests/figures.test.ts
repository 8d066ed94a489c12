import { describe, expect, it } from "vitest";
import { choiceOf, figureAt, isSame } from "../src/search/figures";

const FOUND = {
  turn: 0,
  width: 1000,
  height: 2000,
  figures: [
    { index: 1, number: "1", label: "FIG. 1", view: null, box: [100, 200, 800, 600] },
    { index: 2, number: null, label: null, view: null, box: [200, 300, 100, 100] },
  ],
};

describe("figures of a picture", () => {
  it("are boxes in fractions of its sides", () => {
    expect(choiceOf(FOUND)[0]).toEqual({
      region: { x: 0.1, y: 0.1, w: 0.8, h: 0.3 },
      label: "FIG. 1",
    });
  });

  it("are no choice where there is one", () => {
    expect(choiceOf({ ...FOUND, figures: FOUND.figures.slice(0, 1) })).toEqual([]);
  });

  it("are picked by a point, the smallest first", () => {
    const figures = choiceOf(FOUND);
    expect(figureAt(figures, 0.25, 0.17)?.label).toBeNull();
    expect(figureAt(figures, 0.6, 0.3)?.label).toBe("FIG. 1");
    expect(figureAt(figures, 0.6, 0.9)).toBeUndefined();
  });

  it("are the same after rounding", () => {
    expect(isSame({ x: 0.12344, y: 0, w: 0.5, h: 1 }, { x: 0.1234, y: 0, w: 0.5, h: 1 })).toBe(
      true,
    );
    expect(isSame({ x: 0.2, y: 0, w: 0.5, h: 1 }, { x: 0.1234, y: 0, w: 0.5, h: 1 })).toBe(false);
    expect(isSame({ x: 0, y: 0, w: 1, h: 1 }, null)).toBe(false);
  });
});
