"""Pictures as the encoder gets them: squares on white."""

import cv2
import numpy as np

from network import SIZE

MARGIN = 0.05
"""Share of the side left free around a drawing, as the program's `figure` preparation leaves it."""
MEAN, STD = 127 / 255, 128 / 255


def square(image, margin=0.0, side=SIZE):
    """An image (h, w) or (h, w, 3) shrunk or enlarged to fit, centred on white: uint8, as deep."""
    height, width = image.shape[:2]
    scale = side * (1 - 2 * margin) / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    out = np.full((side, side, *image.shape[2:]), 255, np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    out[top:top + small.shape[0], left:left + small.shape[1]] = small
    return out


def figure(image):
    """A drawing (h, w) cut to its ink, squared with the margin; None where nothing is drawn."""
    ink = image < 200
    rows, columns = np.where(ink.any(1))[0], np.where(ink.any(0))[0]
    if len(rows) < 12 or len(columns) < 12:
        return None
    return square(image[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1], MARGIN)


def normalised(image):
    """A square as the network's input: float32 (3, size, size)."""
    if image.ndim == 2:
        image = np.repeat(image[:, :, None], 3, 2)
    return ((image.astype(np.float32) / 255 - MEAN) / STD).transpose(2, 0, 1)


def boxes(sheet):
    """Figures of a sheet (h, w) at 150 dpi: (left, top, right, bottom) of ink that lies together.

    A plain stand-in for the program's own finder: ink within 3.6 % of the sheet's side is one
    figure; captions and specks are left out by their size.
    """
    height, width = sheet.shape
    ink = (sheet < 150).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    ink[(stats[:, 4] < 6)[labels]] = 0
    reach = max(9, int(0.036 * max(height, width))) | 1
    near = cv2.dilate(ink, np.ones((reach, reach), np.uint8))
    count, labels = cv2.connectedComponents(near, connectivity=8)
    found = []
    for index in range(1, count):
        rows, columns = np.where((labels == index) & (ink > 0))
        if len(rows):
            found.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    found = joined(found)
    if not found:
        return [[0, 0, width, height]]
    largest = max(area(box) for box in found)

    def is_figure(box):
        thin = min(box[2] - box[0], box[3] - box[1]) < 48
        return area(box) >= 0.07 * largest and not (thin and area(box) < 0.25 * largest)

    return [box for box in found if is_figure(box)] or [[0, 0, width, height]]


def area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def joined(found):
    """Boxes of which one covers 30 % of another become one."""
    for index, one in enumerate(found):
        for other in found[index + 1:]:
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            if across > 0 and down > 0 and across * down > 0.3 * min(area(one), area(other)):
                rest = [box for box in found if box is not one and box is not other]
                both = [min(one[0], other[0]), min(one[1], other[1]),
                        max(one[2], other[2]), max(one[3], other[3])]
                return joined(rest + [both])
    return found
