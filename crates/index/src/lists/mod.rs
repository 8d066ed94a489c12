//! Rows in lists by the nearest of some centres (inverted file: Jégou, Douze and Schmid 2011,
//! without its residual codes). A search looks at the lists whose centres are nearest to the
//! query.
//!
//! A rebuild puts the rows of a list beside one another, so that they are read in one run; rows
//! that come later are named one by one until the next.
//!
//! For cosine, vectors count at length 1: lists are of directions. For inner products they lie in
//! lists by distance all the same, long ones apart from short ones, and the lists whose centres
//! have the greatest product with the query are looked at.

mod train;

use std::ops::Range;
use std::sync::Arc;

use lookalike_kernels::Isa;
use lookalike_kernels::distance::inner_products;

pub(crate) use self::train::{sample_len, train};
use crate::Metric;
use crate::part::Part;
use crate::threads::on_threads;

/// Vectors compared with all centres at a time: as many of 384 values as stay in the nearest
/// cache.
const ASSIGNED: usize = 16;

/// Centres and the rows nearest to each.
#[derive(Clone, Debug)]
pub(crate) struct Lists {
    dim: usize,
    centres: Arc<[f32]>,
    /// Half the square of each centre's length.
    half_squares: Arc<[f32]>,
    lists: Vec<List>,
}

#[derive(Clone, Debug, Default)]
struct List {
    /// Rows that lie beside one another.
    run: Range<u32>,
    /// Rows that came later.
    later: Arc<Vec<u32>>,
}

impl Lists {
    /// Lists without rows.
    pub(crate) fn new(centres: Vec<f32>, dim: usize) -> Self {
        let half_square =
            |centre: &[f32]| centre.iter().map(|value| value * value).sum::<f32>() / 2.0;
        let half_squares: Arc<[f32]> = centres.chunks_exact(dim).map(half_square).collect();
        Self {
            dim,
            lists: vec![List::default(); half_squares.len()],
            half_squares,
            centres: centres.into(),
        }
    }

    /// What was taken apart by [`Lists::centres`] and [`Lists::rows_of`].
    pub(crate) fn from_parts(centres: Vec<f32>, dim: usize, rows: Vec<Vec<u32>>) -> Self {
        let mut lists = Self::new(centres, dim);
        for (list, rows) in lists.lists.iter_mut().zip(rows) {
            let Some(&first) = rows.first() else { continue };
            let run = (first..)
                .zip(&rows)
                .take_while(|(next, row)| next == *row)
                .count();
            list.run = first..first + run as u32;
            list.later = Arc::new(rows[run..].to_vec());
        }
        lists
    }

    /// Number of lists.
    pub(crate) fn len(&self) -> usize {
        self.lists.len()
    }

    /// `[lists][dim]`.
    pub(crate) fn centres(&self) -> &[f32] {
        &self.centres
    }

    pub(crate) fn rows_of(&self, list: usize) -> impl Iterator<Item = u32> {
        let List { run, later } = &self.lists[list];
        run.clone().chain(later.iter().copied())
    }

    /// Whether enough of all `rows` came later that putting them in place pays: a scattered row
    /// takes a few times as long to read as one in a run.
    pub(crate) fn rebuild_pays(&self, rows: usize) -> bool {
        let later: usize = self.lists.iter().map(|list| list.later.len()).sum();
        later * 2 > rows
    }

    /// Puts rows in place that lie list by list, as many in each as `counts` says.
    pub(crate) fn set_runs(&mut self, counts: &[usize]) {
        let mut first = 0;
        for (list, &count) in self.lists.iter_mut().zip(counts) {
            let end = first + count as u32;
            list.run = first..end;
            first = end;
        }
    }

    /// Names the rows from `first` on in the lists that they belong to.
    pub(crate) fn add_rows(&mut self, snapshot_rows: &crate::rows::Rows, first: usize) {
        let rows = first..snapshot_rows.len();
        let vectors: Vec<&[f32]> = rows
            .clone()
            .map(|row| snapshot_rows.vectors.row(row as u32))
            .collect();
        let lists = self.nearest(snapshot_rows.isa, snapshot_rows.metric, &vectors);
        for (row, list) in rows.zip(lists) {
            Arc::make_mut(&mut self.lists[list].later).push(row as u32);
        }
    }

    /// The list that each vector belongs to.
    pub(crate) fn nearest(&self, isa: Isa, metric: Metric, vectors: &[&[f32]]) -> Vec<usize> {
        let tiles = vectors.len().div_ceil(ASSIGNED);
        let of_tile = |tile: usize| {
            let tile = vectors.chunks(ASSIGNED).nth(tile).unwrap_or_default();
            let mut scores = self.products(isa, metric, tile);
            self.order_by_distance(&mut scores);
            let best = |scores: &[f32]| {
                let order =
                    |a: &(usize, &f32), b: &(usize, &f32)| a.1.total_cmp(b.1).then(b.0.cmp(&a.0));
                scores
                    .iter()
                    .enumerate()
                    .max_by(order)
                    .map_or(0, |(list, _)| list)
            };
            scores
                .chunks_exact(self.len())
                .map(best)
                .collect::<Vec<_>>()
        };
        on_threads(tiles, of_tile).concat()
    }

    /// The rows of the lists that are nearest to a query, of as many as asked for.
    pub(crate) fn probe(&self, isa: Isa, metric: Metric, query: &[f32], nprobe: usize) -> Part {
        let mut scores = self.products(isa, metric, &[query]);
        if metric != Metric::InnerProduct {
            self.order_by_distance(&mut scores);
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        let nprobe = nprobe.min(order.len());
        let by_score = |&a: &usize, &b: &usize| scores[b].total_cmp(&scores[a]).then(a.cmp(&b));
        if nprobe < order.len() {
            order.select_nth_unstable_by(nprobe, by_score);
            order.truncate(nprobe);
        }
        // Nearest first: what is found there leaves out most of what lies farther away.
        order.sort_unstable_by(by_score);
        let mut part = Part::default();
        for list in order {
            let List { run, later } = &self.lists[list];
            if !run.is_empty() {
                part.ranges.push(run.start as usize..run.end as usize);
            }
            part.scattered.extend_from_slice(later);
        }
        part
    }

    /// Memory held, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let later = self
            .lists
            .iter()
            .map(|list| list.later.capacity() * size_of::<u32>());
        size_of_val(&self.centres[..])
            + size_of_val(&self.half_squares[..])
            + size_of_val(&self.lists[..])
            + later.sum::<usize>()
    }

    /// Inner products of vectors, at length 1 for cosine, with all centres, `[vectors][lists]`.
    fn products(&self, isa: Isa, metric: Metric, vectors: &[&[f32]]) -> Vec<f32> {
        let mut scaled = Vec::with_capacity(vectors.len() * self.dim);
        for vector in vectors {
            let scale = train::scale(metric, vector);
            scaled.extend(vector.iter().map(|value| value * scale));
        }
        let mut products = vec![0.0; vectors.len() * self.len()];
        inner_products(isa, &scaled, &*self.centres, self.dim, &mut products);
        products
    }

    /// Makes products such that the highest is that of the nearest centre: half the square of the
    /// vector's length, less half the square of the distance.
    fn order_by_distance(&self, products: &mut [f32]) {
        for products in products.chunks_exact_mut(self.len()) {
            for (product, half_square) in products.iter_mut().zip(&*self.half_squares) {
                *product -= half_square;
            }
        }
    }
}
