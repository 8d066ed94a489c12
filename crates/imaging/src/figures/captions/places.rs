//! Boxes by where their centres are.

use super::super::rect::Rect;

/// Side of a bin in pixels: about the size of letters, so that a query looks into few bins and
/// finds little that is not near.
const BIN: u32 = 64;

/// Which boxes have their centres where.
pub(super) struct Places {
    columns: usize,
    rows: usize,
    /// Where each bin's boxes begin in `boxes`; one more for the end.
    starts: Vec<u32>,
    boxes: Vec<(u32, u32, u32)>,
}

impl Places {
    /// Of boxes with their numbers, within `width * height` pixels.
    pub(super) fn new<'r>(
        width: u32,
        height: u32,
        boxes: impl Iterator<Item = (usize, &'r Rect)>,
    ) -> Self {
        let columns = width.div_ceil(BIN) as usize;
        let rows = height.div_ceil(BIN) as usize;
        let boxes: Vec<(u32, u32, u32)> = boxes
            .map(|(index, bounds)| {
                let (x, y) = (bounds.x + bounds.width / 2, bounds.y + bounds.height / 2);
                (index as u32, x.min(width - 1), y.min(height - 1))
            })
            .collect();
        let bin = |x: u32, y: u32| (y / BIN) as usize * columns + (x / BIN) as usize;
        let mut starts = vec![0_u32; columns * rows + 1];
        for &(_, x, y) in &boxes {
            starts[bin(x, y) + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut sorted = vec![(0, 0, 0); boxes.len()];
        for place in boxes {
            let slot = &mut next[bin(place.1, place.2)];
            sorted[*slot as usize] = place;
            *slot += 1;
        }
        Self {
            columns,
            rows,
            starts,
            boxes: sorted,
        }
    }

    /// The numbers of all boxes.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> {
        self.boxes.iter().map(|&(index, _, _)| index)
    }

    /// The boxes of each bin: number and centre.
    pub(super) fn bins(&self) -> impl Iterator<Item = &[(u32, u32, u32)]> {
        self.starts
            .windows(2)
            .map(|ends| &self.boxes[ends[0] as usize..ends[1] as usize])
    }

    /// The numbers of the boxes whose centres lie in `area`.
    pub(super) fn centred_in(&self, area: Rect) -> impl Iterator<Item = u32> {
        let last = |end: u32, count: usize| (end.saturating_sub(1) / BIN).min(count as u32 - 1);
        let columns = (area.x / BIN) as usize..=last(area.right(), self.columns) as usize;
        let rows = (area.y / BIN) as usize..=last(area.bottom(), self.rows) as usize;
        rows.flat_map(move |row| {
            let (first, last) = (
                row * self.columns + columns.start(),
                row * self.columns + columns.end(),
            );
            let range = if columns.is_empty() {
                0..0
            } else {
                self.starts[first] as usize..self.starts[last + 1] as usize
            };
            self.boxes[range].iter()
        })
        .filter(move |&&(_, x, y)| {
            (area.x..area.right()).contains(&x) && (area.y..area.bottom()).contains(&y)
        })
        .map(|&(index, _, _)| index)
    }
}
