//! A sheet as bits, and its ink as horizontal runs joined to connected components.
//!
//! Line drawings are nearly all paper. Packed to bits, 64 white pixels cost one comparison, and
//! everything after that works on runs of ink, of which a sheet of 8 megapixels has some hundred
//! thousand.

use super::rect::Rect;
use super::sets::Sets;

/// Which pixels are ink, one bit each; rows start at whole words, the low bit is the left pixel.
#[derive(Clone, Debug)]
pub(super) struct Ink {
    width: u32,
    words_per_row: usize,
    words: Vec<u64>,
}

/// Black pixels of one row: columns `start .. end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) row: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index of the component that it belongs to.
    pub(super) component: u32,
}

impl Run {
    /// Its pixels as a box of one row.
    pub(super) fn bounds(&self) -> Rect {
        Rect {
            x: self.start,
            y: self.row,
            width: self.end - self.start,
            height: 1,
        }
    }
}

/// Ink that hangs together, corners included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub(super) bounds: Rect,
    /// Black pixels.
    pub(super) pixels: u32,
}

/// All ink of a sheet.
#[derive(Clone, Debug)]
pub(super) struct Components {
    /// From the top, within a row from the left.
    pub(super) runs: Vec<Run>,
    /// In the order of their first run.
    pub(super) list: Vec<Component>,
}

impl Ink {
    /// Ink where `levels`, one byte a pixel, are below 128.
    pub(super) fn dark(width: u32, levels: &[u8]) -> Self {
        let words_per_row = (width as usize).div_ceil(64);
        let mut words = Vec::with_capacity(words_per_row * levels.len().div_ceil(width as usize));
        for row in levels.chunks_exact(width as usize) {
            for pixels in row.chunks(64) {
                words.push(packed(pixels));
            }
        }
        Self {
            width,
            words_per_row,
            words,
        }
    }

    /// Black pixels in a box.
    pub(super) fn count(&self, area: Rect) -> u64 {
        let (start, end) = (area.x as usize, area.right() as usize);
        let (first, last) = (start / 64, (end - 1) / 64);
        let rows = self.rows().skip(area.y as usize).take(area.height as usize);
        rows.map(|row| {
            let mut count = 0;
            for (index, &word) in row[first..=last].iter().enumerate() {
                let mut word = word;
                if index == 0 {
                    word &= u64::MAX << (start % 64);
                }
                if first + index == last {
                    word &= u64::MAX >> (63 - (end - 1) % 64);
                }
                count += u64::from(word.count_ones());
            }
            count
        })
        .sum()
    }

    /// Number of runs of the whole sheet.
    pub(super) fn run_count(&self) -> u64 {
        self.rows()
            .map(|row| {
                let mut carry = 0;
                row.iter()
                    .map(|&word| {
                        let starts = word & !(word << 1 | carry);
                        carry = word >> 63;
                        u64::from(starts.count_ones())
                    })
                    .sum::<u64>()
            })
            .sum()
    }

    fn rows(&self) -> impl Iterator<Item = &[u64]> {
        self.words.chunks_exact(self.words_per_row)
    }

    /// The same with every pixel around ink made ink, corners included.
    pub(super) fn grown(&self) -> Self {
        let last = u64::MAX >> ((64 - self.width as usize % 64) % 64);
        let wide: Vec<u64> = self
            .rows()
            .flat_map(|row| {
                (0..row.len()).map(|index| {
                    let word = row[index];
                    let left = index.checked_sub(1).map_or(0, |index| row[index] >> 63);
                    let right = row.get(index + 1).map_or(0, |word| word << 63);
                    let grown = word | word << 1 | left | word >> 1 | right;
                    if index + 1 == row.len() {
                        grown & last
                    } else {
                        grown
                    }
                })
            })
            .collect();
        let stride = self.words_per_row;
        let words = (0..wide.len())
            .map(|index| {
                let above = index.checked_sub(stride).map_or(0, |index| wide[index]);
                let below = wide.get(index + stride).copied().unwrap_or(0);
                wide[index] | above | below
            })
            .collect();
        Self { words, ..*self }
    }

    /// Joins the ink to components.
    pub(super) fn components(&self) -> Components {
        let mut runs = Vec::new();
        let mut labels = Sets::default();
        let mut above = 0..0;
        for (row, words) in self.rows().enumerate() {
            let first = runs.len();
            push_runs(&mut runs, row as u32, self.width, words);
            let mut candidate = above.start;
            for index in first..runs.len() {
                let run = runs[index];
                // Corners count as touching, hence the open ends.
                while candidate < above.end && runs[candidate].end < run.start {
                    candidate += 1;
                }
                let mut label = None;
                let mut touching = candidate;
                while touching < above.end && runs[touching].start <= run.end {
                    let other = runs[touching].component;
                    label = Some(label.map_or(other, |label| labels.join(label, other)));
                    touching += 1;
                }
                runs[index].component = label.unwrap_or_else(|| labels.add());
            }
            above = first..runs.len();
        }
        let (numbers, count) = labels.numbered();
        let mut list: Vec<Option<Component>> = vec![None; count];
        for run in &mut runs {
            run.component = numbers[run.component as usize];
            let bounds = run.bounds();
            let slot = &mut list[run.component as usize];
            *slot = Some(match *slot {
                None => Component {
                    bounds,
                    pixels: bounds.width,
                },
                Some(component) => Component {
                    bounds: component.bounds.union(&bounds),
                    pixels: component.pixels + bounds.width,
                },
            });
        }
        Components {
            runs,
            list: list.into_iter().flatten().collect(),
        }
    }
}

/// Up to 64 pixels to a word.
fn packed(pixels: &[u8]) -> u64 {
    let (eights, rest) = pixels.as_chunks::<8>();
    let mut word = 0;
    for (index, eight) in eights.iter().enumerate() {
        // The top bit of a byte says that its level is 128 or more; the product gathers the eight
        // of them in the top byte.
        let dark = !u64::from_le_bytes(*eight) & 0x8080_8080_8080_8080;
        let byte = (dark >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= byte << (8 * index);
    }
    for (index, &level) in rest.iter().enumerate() {
        word |= u64::from(level < 128) << (8 * eights.len() + index);
    }
    word
}

fn push_runs(runs: &mut Vec<Run>, row: u32, width: u32, words: &[u64]) {
    let mut carry = 0;
    let mut start = None;
    for (index, &word) in words.iter().enumerate() {
        // Bits where the colour changes from the pixel on the left.
        let mut changes = word ^ (word << 1 | carry);
        carry = word >> 63;
        while changes != 0 {
            let column = index as u32 * 64 + changes.trailing_zeros();
            changes &= changes - 1;
            match start.take() {
                None => start = Some(column),
                Some(start) => runs.push(Run {
                    row,
                    start,
                    end: column,
                    component: 0,
                }),
            }
        }
    }
    if let Some(start) = start {
        runs.push(Run {
            row,
            start,
            end: width,
            component: 0,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(rows: &[&str]) -> Ink {
        let levels: Vec<u8> = rows
            .iter()
            .flat_map(|row| row.bytes())
            .map(|byte| if byte == b'#' { 0 } else { 255 })
            .collect();
        Ink::dark(rows[0].len() as u32, &levels)
    }

    #[test]
    fn corners_join_and_late_meetings_too() {
        let ink = ink(&["#..#.#", ".#.#.#", "...###", "#....."]);
        let components = ink.components();
        let bounds: Vec<_> = components
            .list
            .iter()
            .map(|c| (c.bounds, c.pixels))
            .collect();
        let rect = |x, y, width, height| Rect {
            x,
            y,
            width,
            height,
        };
        assert_eq!(
            bounds,
            [
                (rect(0, 0, 2, 2), 2),
                (rect(3, 0, 3, 3), 7),
                (rect(0, 3, 1, 1), 1)
            ]
        );
        assert_eq!(ink.run_count(), components.runs.len() as u64);
        assert_eq!(ink.count(rect(0, 0, 6, 4)), 10);
        assert_eq!(ink.count(rect(1, 1, 3, 2)), 3);
    }

    #[test]
    fn grown_ink_has_a_rim_and_stays_on_the_sheet() {
        for width in [1_u32, 5, 63, 64, 65, 128] {
            for at in [0, width / 2, width - 1] {
                let mut levels = vec![255; width as usize * 4];
                levels[(2 * width + at) as usize] = 0;
                let grown = Ink::dark(width, &levels).grown();
                let (start, end) = (at.saturating_sub(1), (at + 2).min(width));
                let whole = Rect::whole(width, 4);
                assert_eq!(grown.count(whole), u64::from(3 * (end - start)));
                let components = grown.components().list;
                let expected = Rect {
                    x: start,
                    y: 1,
                    width: end - start,
                    height: 3,
                };
                assert_eq!(components[0].bounds, expected, "{width} {at}");
            }
        }
    }

    #[test]
    fn packing_agrees_with_comparison_at_every_width() {
        for width in [1_u32, 7, 8, 9, 63, 64, 65, 130] {
            let levels: Vec<u8> = (0..width * 3).map(|i| (i * 89 % 256) as u8).collect();
            let ink = Ink::dark(width, &levels);
            let runs = ink.components().runs;
            let mut back = vec![255; levels.len()];
            for run in &runs {
                let at = (run.row * width) as usize;
                back[at + run.start as usize..at + run.end as usize].fill(0);
            }
            let expected: Vec<u8> = levels
                .iter()
                .map(|&level| if level < 128 { 0 } else { 255 })
                .collect();
            assert_eq!(back, expected, "{width}");
            assert_eq!(ink.run_count(), runs.len() as u64);
        }
    }
}
