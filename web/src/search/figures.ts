// The figures of a picture: the parts that show one thing each.
import type { PictureFigure, PictureFigures } from "../api/types";
import type { Region } from "./query";

/** A figure that can be chosen in a picture. */
export interface Figure {
  region: Region;
  /** Its caption; null where it could not be read. */
  label: string | null;
}

/** Its box in fractions of a picture of these sides. */
export function regionOf({ box }: PictureFigure, width: number, height: number): Region {
  const [x = 0, y = 0, w = 0, h = 0] = box;
  return { x: x / width, y: y / height, w: w / width, h: h / height };
}

/** The address of a thumbnail, of a drawing cut to what is drawn. */
export function drawnOf(thumbnailUrl: string): string {
  return `${thumbnailUrl}&drawn=true`;
}

/** What there is to choose from: nothing where the picture is one figure. */
export function choiceOf({ figures, width, height }: PictureFigures): Figure[] {
  if (figures.length < 2) return [];
  return figures.map((one) => ({
    region: regionOf(one, width, height),
    label: one.label ?? null,
  }));
}

/** Frames are drawn from boxes in whole pixels, regions come back rounded. */
const SAME = 0.002;

export function isSame(one: Region, other: Region | null): boolean {
  if (!other) return false;
  const names = ["x", "y", "w", "h"] as const;
  return names.every((name) => Math.abs(one[name] - other[name]) < SAME);
}

/** The smallest figure at a point, in fractions of the sides. */
export function figureAt(figures: Figure[], x: number, y: number): Figure | undefined {
  const area = ({ region }: Figure) => region.w * region.h;
  return figures
    .filter(({ region: { x: left, y: top, w, h } }) => {
      return x >= left && x <= left + w && y >= top && y <= top + h;
    })
    .sort((a, b) => area(a) - area(b))[0];
}
