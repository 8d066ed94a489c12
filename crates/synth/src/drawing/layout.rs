//! Which figures share a sheet, and where on it they stand.

use super::view::View;
use crate::math::{Vec2, v2};
use crate::random::Rng;

/// A figure of a patent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    /// As its caption says.
    pub(crate) number: u32,
    pub(crate) view: View,
    /// Which state of the design it shows: screens change, other designs have one state.
    pub(crate) state: usize,
}

/// How a patent's figures are spread over sheets. Counts of real grants: most have a figure a
/// sheet, some pairs, a few put all on two or three sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grouping {
    /// A figure a sheet.
    Single,
    /// The perspective by itself, opposite views together.
    Pairs,
    /// The perspective by itself, then top and bottom, the four sides together.
    Sides,
    /// The perspective with up to two others, then the rest.
    Halves,
    /// All on one sheet.
    All,
}

impl Grouping {
    /// How a patent does it.
    pub(crate) fn draw(rng: &mut Rng) -> Grouping {
        match rng.below(20) {
            0..12 => Grouping::Single,
            12..15 => Grouping::Pairs,
            15..17 => Grouping::Sides,
            17..19 => Grouping::Halves,
            _ => Grouping::All,
        }
    }

    /// The figures of each sheet. `states` is given for designs that are all front: one figure
    /// for each.
    pub(crate) fn sheets(self, states: Option<usize>) -> Vec<Vec<Figure>> {
        let shown: Vec<(View, usize)> = match states {
            Some(count) => (0..count).map(|state| (View::Front, state)).collect(),
            None => View::ALL.iter().map(|&view| (view, 0)).collect(),
        };
        let figures: Vec<Figure> = shown
            .into_iter()
            .zip(1..)
            .map(|((view, state), number)| Figure {
                number,
                view,
                state,
            })
            .collect();
        let sizes: &[usize] = match (self, states) {
            (Grouping::Single, _) => &[1],
            (Grouping::Pairs, Some(_)) => &[2],
            (Grouping::Pairs, None) => &[1, 2],
            (Grouping::Sides, _) => &[1, 4, 2],
            (Grouping::Halves, _) => &[3, 4],
            (Grouping::All, _) => &[figures.len()],
        };
        let mut sheets = Vec::new();
        let mut rest = &figures[..];
        // The last size goes for all that follow.
        let mut sizes = sizes.iter().copied();
        let mut size = 1;
        while !rest.is_empty() {
            size = sizes.next().unwrap_or(size);
            let (sheet, others) = rest.split_at(size.min(rest.len()));
            sheets.push(sheet.to_vec());
            rest = others;
        }
        sheets
    }
}

/// Divides `room` into a cell for each figure of the sizes given (in units), beside and below each
/// other so that they come out largest; `caption` pixels of a cell's height stay free. The pixels
/// per unit that fit all, and the middle of every cell about the middle of the room.
pub(super) fn arrange(sizes: &[(f64, f64)], room: Vec2, caption: f64) -> (f64, Vec<Vec2>) {
    /// A figure leaves this share of its cell to the gap between figures.
    const FILL: f64 = 0.92;
    let count = sizes.len();
    let fit = |columns: usize| {
        let rows = count.div_ceil(columns);
        let cell = v2(room.x / columns as f64, room.y / rows as f64);
        let scale = sizes
            .iter()
            .map(|&(w, h)| (cell.x * FILL / w).min((cell.y - caption) * FILL / h))
            .fold(f64::INFINITY, f64::min);
        (scale, cell)
    };
    let columns = (1..=count).fold(1, |best, columns| {
        if fit(columns).0 > fit(best).0 {
            columns
        } else {
            best
        }
    });
    let (scale, cell) = fit(columns);
    let rows = count.div_ceil(columns);
    // What the figures leave of the room is no gap between them.
    let most = |side: fn(&(f64, f64)) -> f64| sizes.iter().map(side).fold(0.0, f64::max);
    let cell = v2(
        cell.x.min(most(|size| size.0) * scale / FILL),
        cell.y.min(most(|size| size.1) * scale / FILL + caption),
    );
    let middles = (0..count)
        .map(|index| {
            let (row, column) = (index / columns, index % columns);
            // A row that is not full stands in the middle.
            let in_row = columns.min(count - row * columns);
            v2(
                (column as f64 - (in_row - 1) as f64 / 2.0) * cell.x,
                (row as f64 - (rows - 1) as f64 / 2.0) * cell.y,
            )
        })
        .collect();
    (scale, middles)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Grouping; 5] = [
        Grouping::Single,
        Grouping::Pairs,
        Grouping::Sides,
        Grouping::Halves,
        Grouping::All,
    ];

    #[test]
    fn every_figure_stands_on_one_sheet_whatever_the_grouping() {
        for grouping in ALL {
            for states in [None, Some(1), Some(2), Some(5)] {
                let sheets = grouping.sheets(states);
                assert!(sheets.iter().all(|sheet| !sheet.is_empty()));
                let figures: Vec<Figure> = sheets.concat();
                let numbers: Vec<u32> = figures.iter().map(|figure| figure.number).collect();
                let count = states.unwrap_or(View::ALL.len());
                assert_eq!(numbers, (1..=count as u32).collect::<Vec<u32>>());
                match states {
                    Some(_) => assert!(figures.iter().enumerate().all(|(i, f)| f.state == i)),
                    None => assert!(figures.iter().map(|f| f.view).eq(View::ALL)),
                }
            }
        }
    }

    #[test]
    fn wide_figures_stand_below_and_tall_ones_beside_each_other() {
        let room = v2(2000.0, 2000.0);
        let (_, wide) = arrange(&[(10.0, 1.0), (10.0, 1.0)], room, 100.0);
        // Each is 1840 by 184 pixels large.
        assert_eq!(wide, [v2(0.0, -150.0), v2(0.0, 150.0)]);
        let (_, tall) = arrange(&[(1.0, 10.0), (1.0, 10.0)], room, 100.0);
        assert_eq!(tall, [v2(-95.0, 0.0), v2(95.0, 0.0)]);
        let (scale, cells) = arrange(&[(1.0, 1.0); 5], room, 0.0);
        assert_eq!(cells.len(), 5);
        assert!((scale - 0.92 * 2000.0 / 3.0).abs() < 1e-9, "{scale}");
    }
}
