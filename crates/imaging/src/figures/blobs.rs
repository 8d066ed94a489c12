//! Ink that lies close together, and how far apart what does not is.
//!
//! The sheet is looked at in cells of some pixels: cells with ink that touch make a blob, so that
//! broken lines, stippling and hatching hang together. Then every blob grows by a cell at a time;
//! where two meet, their distance is known. That costs the same for any number of blobs and follows
//! the ink itself, so that of two figures which interlock each is nearest to its own parts, which
//! distances between boxes cannot tell.

use std::collections::BTreeMap;

use super::Turn;
use super::ink::{Components, Run};
use super::rect::Rect;
use super::sets::Sets;

/// Cells along the long side of a sheet: about 8 px of one of 300 dpi.
const CELLS: u32 = 400;

/// One cluster of ink.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blob {
    pub(super) bounds: Rect,
    /// Black pixels.
    pub(super) pixels: u64,
}

/// Two blobs with nothing between them, and the white between them in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gap {
    pub(super) pixels: u32,
    pub(super) a: u32,
    pub(super) b: u32,
}

/// A sheet's clusters of ink.
#[derive(Clone, Debug)]
pub(super) struct Blobs {
    pub(super) list: Vec<Blob>,
    /// From the narrowest.
    pub(super) gaps: Vec<Gap>,
    grid: Grid,
    labels: Vec<u32>,
}

/// Clusters of the components that `is_kept` says, on a sheet of these sides.
pub(super) fn find(
    components: &Components,
    is_kept: impl Fn(usize) -> bool,
    width: u32,
    height: u32,
) -> Blobs {
    let grid = Grid::new(components, &is_kept, width, height);
    let (labels, count) = grid.labelled();
    let mut list: Vec<Option<Blob>> = vec![None; count];
    let mut is_counted = vec![false; components.list.len()];
    for run in &components.runs {
        let index = run.component as usize;
        if is_counted[index] || !is_kept(index) {
            continue;
        }
        let label = labels[grid.at(run.start, run.row)];
        is_counted[index] = true;
        let component = components.list[index];
        let slot = &mut list[label as usize];
        let (bounds, pixels) = slot.map_or((component.bounds, 0), |blob| {
            (blob.bounds.union(&component.bounds), blob.pixels)
        });
        *slot = Some(Blob {
            bounds,
            pixels: pixels + u64::from(component.pixels),
        });
    }
    let list = list
        .into_iter()
        .map(|blob| blob.expect("a cell is occupied by a component"))
        .collect();
    Blobs {
        list,
        gaps: grid.gaps(labels.clone()),
        grid,
        labels,
    }
}

impl Blobs {
    /// The blob of a run of ink that was not left out.
    pub(super) fn at(&self, run: &Run) -> u32 {
        self.labels[self.grid.at(run.start, run.row)]
    }

    /// White between a box and each blob, in pixels.
    pub(super) fn distances(&self, from: Rect) -> Vec<u32> {
        self.nearest(|cell| {
            let (across, down) = from.gaps(&cell);
            Some(across.max(down))
        })
    }

    /// White between a box and each blob in one direction of it: up for [`Turn::None`], to the
    /// right for [`Turn::Clockwise`] and so on. `u32::MAX` for blobs that do not lie there.
    pub(super) fn distances_towards(&self, from: Rect, direction: Turn) -> Vec<u32> {
        // A caption is seldom right in the middle.
        let aside = from.width.max(from.height) / 4;
        self.nearest(|cell| {
            let (across, down) = from.gaps(&cell);
            let (aside_px, is_there) = match direction {
                Turn::None => (across, cell.y < from.y),
                Turn::Clockwise => (down, cell.right() > from.right()),
                Turn::Half => (across, cell.bottom() > from.bottom()),
                Turn::CounterClockwise => (down, cell.x < from.x),
            };
            (is_there && aside_px <= aside).then_some(across.max(down))
        })
    }

    /// Boxes of the blobs after joining those over whose gap, in pixels, `is_narrow` says so.
    pub(super) fn joined(&self, is_narrow: impl Fn(u32) -> bool) -> Vec<Rect> {
        let mut sets = Sets::new(self.list.len());
        for gap in self.gaps.iter().filter(|gap| is_narrow(gap.pixels)) {
            sets.join(gap.a, gap.b);
        }
        let mut boxes: BTreeMap<u32, Rect> = BTreeMap::new();
        for (index, blob) in self.list.iter().enumerate() {
            let bounds = boxes.entry(sets.root(index as u32)).or_insert(blob.bounds);
            *bounds = bounds.union(&blob.bounds);
        }
        boxes.into_values().collect()
    }

    /// For each blob, the least of what is said of its cells.
    fn nearest(&self, distance: impl Fn(Rect) -> Option<u32>) -> Vec<u32> {
        let mut nearest = vec![u32::MAX; self.list.len()];
        for (index, &label) in self.labels.iter().enumerate() {
            if label == NONE {
                continue;
            }
            let cell = Rect {
                x: (index % self.grid.columns) as u32 * self.grid.cell,
                y: (index / self.grid.columns) as u32 * self.grid.cell,
                width: self.grid.cell,
                height: self.grid.cell,
            };
            if let Some(distance) = distance(cell) {
                let slot = &mut nearest[label as usize];
                *slot = distance.min(*slot);
            }
        }
        nearest
    }
}

#[derive(Clone, Debug)]
struct Grid {
    cell: u32,
    columns: usize,
    rows: usize,
    occupied: Vec<bool>,
}

/// The label of a cell without ink.
const NONE: u32 = u32::MAX;

impl Grid {
    fn new(
        components: &Components,
        is_kept: &impl Fn(usize) -> bool,
        width: u32,
        height: u32,
    ) -> Self {
        let cell = width.max(height).div_ceil(CELLS).max(2);
        let columns = width.div_ceil(cell) as usize;
        let rows = height.div_ceil(cell) as usize;
        let mut grid = Self {
            cell,
            columns,
            rows,
            occupied: vec![false; columns * rows],
        };
        for run in &components.runs {
            if is_kept(run.component as usize) {
                let (first, last) = (grid.at(run.start, run.row), grid.at(run.end - 1, run.row));
                grid.occupied[first..=last].fill(true);
            }
        }
        grid
    }

    fn at(&self, x: u32, y: u32) -> usize {
        (y / self.cell) as usize * self.columns + (x / self.cell) as usize
    }

    /// The cells around one, corners included.
    fn around(&self, cell: usize) -> impl Iterator<Item = usize> {
        let (row, column) = (cell / self.columns, cell % self.columns);
        let rows = row.saturating_sub(1)..=(row + 1).min(self.rows - 1);
        let columns = column.saturating_sub(1)..=(column + 1).min(self.columns - 1);
        let stride = self.columns;
        rows.flat_map(move |row| columns.clone().map(move |column| row * stride + column))
            .filter(move |&other| other != cell)
    }

    /// The number of each cell's blob, and how many blobs there are.
    fn labelled(&self) -> (Vec<u32>, usize) {
        let mut labels = vec![NONE; self.occupied.len()];
        let mut count = 0;
        let mut stack = Vec::new();
        for start in 0..labels.len() {
            if !self.occupied[start] || labels[start] != NONE {
                continue;
            }
            labels[start] = count;
            stack.push(start);
            while let Some(cell) = stack.pop() {
                for other in self.around(cell) {
                    if self.occupied[other] && labels[other] == NONE {
                        labels[other] = count;
                        stack.push(other);
                    }
                }
            }
            count += 1;
        }
        (labels, count as usize)
    }

    /// Grows the blobs until they meet.
    fn gaps(&self, mut labels: Vec<u32>) -> Vec<Gap> {
        let mut distances = vec![0_u32; labels.len()];
        let mut front: Vec<usize> = (0..labels.len())
            .filter(|&cell| labels[cell] != NONE)
            .collect();
        let mut distance = 0;
        while !front.is_empty() {
            distance += 1;
            let mut next = Vec::new();
            for cell in front {
                for other in self.around(cell) {
                    if labels[other] == NONE {
                        labels[other] = labels[cell];
                        distances[other] = distance;
                        next.push(other);
                    }
                }
            }
            front = next;
        }
        let mut nearest: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for cell in 0..labels.len() {
            for other in self.around(cell) {
                let (a, b) = (labels[cell], labels[other]);
                if a < b {
                    let between = distances[cell] + distances[other];
                    let slot = nearest.entry((a, b)).or_insert(between);
                    *slot = between.min(*slot);
                }
            }
        }
        let mut gaps: Vec<Gap> = nearest
            .into_iter()
            .map(|((a, b), between)| Gap {
                pixels: between * self.cell,
                a,
                b,
            })
            .collect();
        gaps.sort_unstable();
        gaps
    }
}
