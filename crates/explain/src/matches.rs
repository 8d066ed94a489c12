//! What the similarities of patches say: how well each is found, and which belong together.

use lookalike_imaging::Geometry;

/// Points shown at most.
pub(super) const MOST_POINTS: usize = 12;

/// Patches that count at least this much are looked for and found.
const INKED: f32 = 0.5;

/// Points lie at least this part of the longer side apart, in either picture: twelve then
/// spread over a drawing instead of crowding on its clearest corner.
const APART: f64 = 0.1;

/// A place of the query and the place of the item that are each other's most similar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correspondence {
    /// x and y in fractions of the sides of the query's picture.
    pub query: [f64; 2],
    /// x and y in fractions of the sides of the item's picture.
    pub item: [f64; 2],
    /// Cosine similarity of the two patches.
    pub similarity: f32,
}

/// Similarities of the patches of a query (rows) and an item (columns), with how much each
/// patch counts.
pub(super) struct Comparison {
    similarities: Vec<f32>,
    query_ink: Vec<f32>,
    item_ink: Vec<f32>,
    /// Mean similarity of two patches that show something: what any two have in common.
    common: f32,
}

/// The patches of a prepared picture.
pub(super) struct Grid<'a> {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) patch: u32,
    pub(super) geometry: &'a Geometry,
}

/// The most similar patch of the other picture.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Best {
    patch: usize,
    similarity: f32,
}

impl Comparison {
    pub(super) fn new(similarities: Vec<f32>, query_ink: Vec<f32>, item_ink: Vec<f32>) -> Self {
        let item_sum: f32 = item_ink.iter().sum();
        let (mut sum, mut total) = (0.0_f64, 0.0_f64);
        for (row, &weight) in similarities
            .chunks(item_ink.len().max(1))
            .zip(&query_ink)
            .filter(|(_, weight)| **weight > 0.0)
        {
            let of_row: f32 = row.iter().zip(&item_ink).map(|(s, ink)| s * ink).sum();
            sum += f64::from(weight * of_row);
            total += f64::from(weight * item_sum);
        }
        Self {
            similarities,
            query_ink,
            item_ink,
            common: if total > 0.0 {
                (sum / total) as f32
            } else {
                1.0
            },
        }
    }

    /// For each patch of the query and of the item how well it is found in the other, 0 to 1:
    /// 0 as well as any place is found in any other, 1 exactly; times how much it counts.
    pub(super) fn heat(&self) -> (Vec<f32>, Vec<f32>) {
        let (of_query, of_item) = self.best();
        let heat = |best: &[Option<Best>], ink: &[f32]| {
            let one = |(best, ink): (&Option<Best>, &f32)| {
                best.map_or(0.0, |best| self.above_common(best.similarity) * ink)
            };
            best.iter().zip(ink).map(one).collect()
        };
        (
            heat(&of_query, &self.query_ink),
            heat(&of_item, &self.item_ink),
        )
    }

    /// 0 for what any two patches have in common, 1 for the same.
    fn above_common(&self, similarity: f32) -> f32 {
        let room = (1.0 - self.common).max(f32::EPSILON);
        ((similarity - self.common) / room).clamp(0.0, 1.0)
    }

    /// For each patch the most similar one of the other picture that shows something; the first
    /// of equals.
    fn best(&self) -> (Vec<Option<Best>>, Vec<Option<Best>>) {
        let columns = self.item_ink.len();
        let mut of_query = vec![None; self.query_ink.len()];
        let mut of_item = vec![None; columns];
        for (row, of_row) in of_query.iter_mut().enumerate() {
            let similarities = &self.similarities[row * columns..][..columns];
            for (column, &similarity) in similarities.iter().enumerate() {
                if self.item_ink[column] >= INKED {
                    improve(of_row, column, similarity);
                }
                if self.query_ink[row] >= INKED {
                    improve(&mut of_item[column], row, similarity);
                }
            }
        }
        (of_query, of_item)
    }
}

fn improve(best: &mut Option<Best>, patch: usize, similarity: f32) {
    if best.is_none_or(|best| similarity > best.similarity) {
        *best = Some(Best { patch, similarity });
    }
}

impl Grid<'_> {
    /// Column and row of the patch's centre, in patches.
    fn centre(&self, patch: usize) -> (f64, f64) {
        (
            (patch % self.columns) as f64 + 0.5,
            (patch / self.columns) as f64 + 0.5,
        )
    }

    /// The patch's centre in fractions of the picture's sides. That of a patch that lies half in
    /// the padding may be outside: the edge is meant.
    fn place(&self, patch: usize) -> [f64; 2] {
        let (x, y) = self.centre(patch);
        let side = f64::from(self.patch);
        let (x, y) = self.geometry.to_picture(x * side, y * side);
        [x.clamp(0.0, 1.0), y.clamp(0.0, 1.0)]
    }

    fn are_close(&self, a: usize, b: usize) -> bool {
        let ((ax, ay), (bx, by)) = (self.centre(a), self.centre(b));
        (ax - bx).hypot(ay - by) < APART * self.columns.max(self.rows) as f64
    }
}

/// The best pairs of patches that are each other's most similar ones, above what any two have in
/// common; of pairs that lie close together in either picture the best.
pub(super) fn correspondences(
    comparison: &Comparison,
    query: &Grid<'_>,
    item: &Grid<'_>,
) -> Vec<Correspondence> {
    let (of_query, of_item) = comparison.best();
    let mut pairs: Vec<(usize, usize, f32)> = of_query
        .iter()
        .enumerate()
        .filter(|(patch, _)| comparison.query_ink[*patch] >= INKED)
        .filter_map(|(patch, best)| best.map(|best| (patch, best.patch, best.similarity)))
        .filter(|(patch, other, _)| of_item[*other].is_some_and(|back| back.patch == *patch))
        .filter(|(_, _, similarity)| *similarity > comparison.common)
        .collect();
    pairs.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let mut chosen: Vec<(usize, usize, f32)> = Vec::new();
    for pair in pairs {
        let crowded = |other: &(usize, usize, f32)| {
            query.are_close(pair.0, other.0) || item.are_close(pair.1, other.1)
        };
        if chosen.len() < MOST_POINTS && !chosen.iter().any(crowded) {
            chosen.push(pair);
        }
    }
    chosen
        .into_iter()
        .map(|(patch, other, similarity)| Correspondence {
            query: query.place(patch),
            item: item.place(other),
            similarity: similarity.clamp(-1.0, 1.0),
        })
        .collect()
}
