//! Means with 95 % intervals.

use serde::Serialize;

use super::measures::COUNT;
use crate::random::next;

/// Resamples that an interval is read from.
const RESAMPLES: usize = 1000;

/// A mean over queries and the interval in which it lies with 95 % confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Sums over the queries of one object.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cluster {
    pub(super) sums: [f64; COUNT],
    pub(super) queries: f64,
}

/// Means over all queries, with percentile intervals of a bootstrap that draws objects, not
/// queries (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 8.4 for
/// clusters). The same clusters give the same intervals.
pub(super) fn estimates(clusters: &[Cluster]) -> [Estimate; COUNT] {
    let mean = |sums: [f64; COUNT], queries: f64| sums.map(|sum| sum / queries.max(1.0));
    let add = |total: &mut Cluster, cluster: &Cluster| {
        for (sum, more) in total.sums.iter_mut().zip(cluster.sums) {
            *sum += more;
        }
        total.queries += cluster.queries;
    };
    let mut all = Cluster::default();
    clusters.iter().for_each(|cluster| add(&mut all, cluster));
    let values = mean(all.sums, all.queries);
    let mut drawn: [Vec<f64>; COUNT] = std::array::from_fn(|_| Vec::with_capacity(RESAMPLES));
    let mut state = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..RESAMPLES {
        let mut total = Cluster::default();
        for _ in clusters {
            let pick = (u128::from(next(&mut state)) * clusters.len() as u128) >> 64;
            add(&mut total, &clusters[pick as usize]);
        }
        for (drawn, value) in drawn.iter_mut().zip(mean(total.sums, total.queries)) {
            drawn.push(value);
        }
    }
    std::array::from_fn(|measure| {
        let drawn = &mut drawn[measure];
        drawn.sort_unstable_by(f64::total_cmp);
        Estimate {
            value: values[measure],
            low: drawn[RESAMPLES * 25 / 1000],
            high: drawn[RESAMPLES * 975 / 1000 - 1],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_over_coins_is_about_as_wide_as_theory_has_it() {
        let coins: Vec<Cluster> = (0..400)
            .map(|i| Cluster {
                sums: [f64::from(i % 2); COUNT],
                queries: 1.0,
            })
            .collect();
        let found = estimates(&coins)[0];
        // 1.96 * sqrt(0.25 / 400) = 0.049
        assert!((found.value - 0.5).abs() < 1e-12);
        assert!((found.high - found.low - 0.098).abs() < 0.012, "{found:?}");
    }

    #[test]
    fn queries_of_one_object_do_not_narrow_the_interval() {
        let cluster = |value: f64, queries: f64| Cluster {
            sums: [value * queries; COUNT],
            queries,
        };
        let few: Vec<Cluster> = (0..20).map(|i| cluster(f64::from(i % 2), 1.0)).collect();
        let many: Vec<Cluster> = (0..20).map(|i| cluster(f64::from(i % 2), 50.0)).collect();
        let width = |e: Estimate| e.high - e.low;
        assert!((width(estimates(&few)[0]) - width(estimates(&many)[0])).abs() < 1e-9);
    }
}
