//! Ink of a page as connected pieces.
//!
//! Runs of black pixels are joined where they touch, corners included. A page of
//! text has some 5,000 pieces, a stippled drawing some 100,000.

/// A box in pixels, `right` and `bottom` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
    /// Black pixels in it.
    pub(crate) pixels: u32,
}

impl Piece {
    pub(crate) fn width(&self) -> u32 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> u32 {
        self.bottom - self.top
    }

    /// The box around both.
    pub(crate) fn join(&mut self, other: &Self) {
        self.left = self.left.min(other.left);
        self.top = self.top.min(other.top);
        self.right = self.right.max(other.right);
        self.bottom = self.bottom.max(other.bottom);
        self.pixels += other.pixels;
    }
}

/// Levels below this are ink.
const INK_BELOW: u8 = 128;

/// Pieces that are told apart; a page of noise has more, and is no text.
const MAX_PIECES: usize = 2_000_000;

/// The pieces of a picture of `width` columns, in the order of their first row;
/// none for a picture with more runs of ink than any page has.
pub(crate) fn pieces(levels: &[u8], width: usize) -> Option<Vec<Piece>> {
    let mut found: Vec<Piece> = Vec::new();
    let mut parents: Vec<u32> = Vec::new();
    let mut above: Vec<(u32, u32, u32)> = Vec::new();
    let mut current: Vec<(u32, u32, u32)> = Vec::new();
    for (y, row) in levels.chunks_exact(width).enumerate() {
        let mut candidates = 0;
        for_each_run(row, |start, end| {
            // Runs above that end before this one begins are done with.
            while above.get(candidates).is_some_and(|run| run.1 < start) {
                candidates += 1;
            }
            let mut own = None;
            for run in above[candidates..].iter().take_while(|run| run.0 <= end) {
                let root = find(&mut parents, run.2);
                match own {
                    None => own = Some(root),
                    Some(other) if other != root => {
                        let (kept, gone) = (other.min(root), other.max(root));
                        parents[gone as usize] = kept;
                        let piece = found[gone as usize];
                        found[kept as usize].join(&piece);
                        own = Some(kept);
                    }
                    Some(_) => {}
                }
            }
            let run = Piece {
                left: start,
                top: y as u32,
                right: end,
                bottom: y as u32 + 1,
                pixels: end - start,
            };
            let own = match own {
                Some(own) => {
                    found[own as usize].join(&run);
                    own
                }
                None => {
                    found.push(run);
                    parents.push(found.len() as u32 - 1);
                    found.len() as u32 - 1
                }
            };
            current.push((start, end, own));
        });
        if found.len() > MAX_PIECES {
            return None;
        }
        std::mem::swap(&mut above, &mut current);
        current.clear();
    }
    let roots = parents
        .iter()
        .enumerate()
        .map(|(index, &parent)| index as u32 == parent);
    Some(
        found
            .into_iter()
            .zip(roots)
            .filter(|pair| pair.1)
            .map(|pair| pair.0)
            .collect(),
    )
}

/// The root of a piece, with the way to it made shorter.
fn find(parents: &mut [u32], mut index: u32) -> u32 {
    while parents[index as usize] != index {
        let next = parents[parents[index as usize] as usize];
        parents[index as usize] = next;
        index = next;
    }
    index
}

/// Calls `each` with start and end of every run of ink.
fn for_each_run(row: &[u8], mut each: impl FnMut(u32, u32)) {
    let mut x = 0;
    while x < row.len() {
        // Paper is skipped eight pixels at a time.
        while let Some(eight) = row.get(x..x + 8)
            && eight == [255; 8]
        {
            x += 8;
        }
        let Some(start) = row[x..].iter().position(|&level| level < INK_BELOW) else {
            return;
        };
        let start = x + start;
        let length = row[start..].iter().position(|&level| level >= INK_BELOW);
        let end = length.map_or(row.len(), |length| start + length);
        each(start as u32, end as u32);
        x = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(rows: &[&str]) -> (Vec<u8>, usize) {
        let levels = rows.iter().flat_map(|row| row.bytes());
        let levels = levels
            .map(|byte| if byte == b'#' { 0 } else { 255 })
            .collect();
        (levels, rows[0].len())
    }

    #[test]
    fn what_touches_is_one_piece() {
        let (levels, width) = picture(&[
            "##......#.#.",
            "..#.....#.#.",
            "........###.",
            "#...........",
        ]);
        let found = pieces(&levels, width).unwrap();
        let boxes: Vec<_> = found
            .iter()
            .map(|piece| {
                (
                    piece.left,
                    piece.top,
                    piece.right,
                    piece.bottom,
                    piece.pixels,
                )
            })
            .collect();
        assert_eq!(boxes, [(0, 0, 3, 2, 3), (8, 0, 11, 3, 7), (0, 3, 1, 4, 1)]);
    }

    #[test]
    fn an_empty_page_has_none() {
        let (levels, width) = picture(&["........", "........"]);
        assert_eq!(pieces(&levels, width).unwrap(), []);
    }
}
