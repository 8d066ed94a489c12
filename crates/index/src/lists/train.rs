//! Centres of lists by k-means (Lloyd 1982) over a sample.

use lookalike_kernels::Isa;

use super::Lists;
use crate::Metric;
use crate::random::mix;

/// Vectors of the sample for each list: more do not change recall by what can be measured.
const SAMPLED_PER_LIST: usize = 64;

/// Rounds of assigning the sample and taking means.
const ROUNDS: usize = 10;

/// A list without vectors takes half of the largest one's: its centre, moved by this much.
const SPLIT: f32 = 1e-3;

/// How many vectors a sample for this many lists takes, at most.
pub(crate) fn sample_len(nlist: usize) -> usize {
    nlist.saturating_mul(SAMPLED_PER_LIST)
}

/// Lists, still without rows, for vectors like those of the sample, which has no fewer than
/// `nlist`. The same sample gives the same lists, whatever the number of threads.
pub(crate) fn train(
    isa: Isa,
    metric: Metric,
    dim: usize,
    nlist: usize,
    sample: &[&[f32]],
) -> Lists {
    let mut order: Vec<usize> = (0..sample.len()).collect();
    order.sort_by_key(|&index| mix(index as u64));
    let first = order.iter().take(nlist).map(|&index| sample[index]);
    let mut centres: Vec<f32> = Vec::with_capacity(nlist * dim);
    for vector in first {
        let scale = scale(metric, vector);
        centres.extend(vector.iter().map(|value| value * scale));
    }
    let mut lists = Lists::new(centres, dim);
    for _ in 0..ROUNDS {
        let assigned = lists.nearest(isa, metric, sample);
        lists = Lists::new(means(metric, dim, lists.len(), sample, &assigned), dim);
    }
    lists
}

fn means(
    metric: Metric,
    dim: usize,
    nlist: usize,
    sample: &[&[f32]],
    assigned: &[usize],
) -> Vec<f32> {
    let mut sums = vec![0.0_f64; nlist * dim];
    let mut counts = vec![0_usize; nlist];
    for (vector, &list) in sample.iter().zip(assigned) {
        let scale = f64::from(scale(metric, vector));
        counts[list] += 1;
        for (sum, &value) in sums[list * dim..][..dim].iter_mut().zip(*vector) {
            *sum += f64::from(value) * scale;
        }
    }
    let mut centres: Vec<f32> = (sums.chunks_exact(dim).zip(&counts))
        .flat_map(|(sums, &count)| {
            sums.iter()
                .map(move |sum| (sum / count.max(1) as f64) as f32)
        })
        .collect();
    for list in (0..nlist)
        .filter(|&list| counts[list] == 0)
        .collect::<Vec<_>>()
    {
        let largest = (0..nlist)
            .max_by_key(|&list| (counts[list], list))
            .unwrap_or(list);
        let half = counts[largest] / 2;
        (counts[list], counts[largest]) = (half, counts[largest] - half);
        for position in 0..dim {
            let value = centres[largest * dim + position];
            let sign = if position % 2 == 0 { SPLIT } else { -SPLIT };
            centres[list * dim + position] = value * (1.0 + sign);
            centres[largest * dim + position] = value * (1.0 - sign);
        }
    }
    centres
}

/// What a vector is multiplied by before it is assigned.
pub(super) fn scale(metric: Metric, vector: &[f32]) -> f32 {
    match metric {
        Metric::L2 | Metric::InnerProduct => 1.0,
        Metric::Cosine => {
            let squares = vector.iter().map(|&value| f64::from(value).powi(2));
            let length = squares.sum::<f64>().sqrt();
            if length == 0.0 {
                0.0
            } else {
                (1.0 / length) as f32
            }
        }
    }
}
