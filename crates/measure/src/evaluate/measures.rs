//! What a ranking is worth.

use super::task::Grade;

/// Ranks that the measures "at 10" look at.
const DEPTH: usize = 10;

/// The measures of one query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measures {
    /// Mean over the relevant answers of the precision at their ranks.
    pub(super) average_precision: f64,
    /// 1 if the first answer is relevant.
    pub(super) recall_at_1: f64,
    /// 1 if one of the first ten answers is relevant.
    pub(super) recall_at_10: f64,
    /// One over the rank of the first relevant answer, 0 if it is not among the first ten.
    pub(super) mrr_at_10: f64,
    /// Gains of the first ten over the largest that were possible, gain = 2^grade - 1
    /// (Burges et al., "Learning to Rank using Gradient Descent", 2005).
    pub(super) ndcg_at_10: f64,
}

/// Number of measures.
pub(super) const COUNT: usize = 5;

impl Measures {
    /// Measures of a ranking given as grades, the best answer first; `relevant` is the lowest grade
    /// that counts as found. None if nothing in it is relevant.
    pub(super) fn of(ranking: &[Grade], relevant: Grade) -> Option<Measures> {
        let (mut found, mut precision) = (0_u32, 0.0);
        for (rank, &grade) in (1_u32..).zip(ranking) {
            if grade >= relevant {
                found += 1;
                precision += f64::from(found) / f64::from(rank);
            }
        }
        if found == 0 {
            return None;
        }
        let hit = |first: usize| {
            let first = &ranking[..first.min(ranking.len())];
            f64::from(u8::from(first.iter().any(|&grade| grade >= relevant)))
        };
        let first = ranking
            .iter()
            .take(DEPTH)
            .position(|&grade| grade >= relevant);
        let mut ideal = ranking.to_vec();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        Some(Measures {
            average_precision: precision / f64::from(found),
            recall_at_1: hit(1),
            recall_at_10: hit(DEPTH),
            mrr_at_10: first.map_or(0.0, |place| 1.0 / (place + 1) as f64),
            ndcg_at_10: gain(ranking) / gain(&ideal),
        })
    }

    /// In the order of the fields.
    pub(super) fn values(&self) -> [f64; COUNT] {
        [
            self.average_precision,
            self.recall_at_1,
            self.recall_at_10,
            self.mrr_at_10,
            self.ndcg_at_10,
        ]
    }
}

fn gain(ranking: &[Grade]) -> f64 {
    let first = ranking.iter().take(DEPTH);
    (2_u32..)
        .zip(first)
        .map(|(rank, &grade)| (f64::from(grade).exp2() - 1.0) / f64::from(rank).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worked_example() {
        // Relevant at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3.
        let found = Measures::of(&[4, 1, 4, 4, 0], 4).unwrap();
        assert!((found.average_precision - (1.0 + 2.0 / 3.0 + 0.75) / 3.0).abs() < 1e-12);
        assert_eq!((found.recall_at_1, found.recall_at_10), (1.0, 1.0));
        assert_eq!(found.mrr_at_10, 1.0);
        assert_eq!(Measures::of(&[1, 0, 0, 4, 4], 4).unwrap().mrr_at_10, 0.25);
        let dcg = 15.0 + 1.0 / 3_f64.log2() + 15.0 / 2.0 + 15.0 / 5_f64.log2();
        let ideal = 15.0 + 15.0 / 3_f64.log2() + 15.0 / 2.0 + 1.0 / 5_f64.log2();
        assert!((found.ndcg_at_10 - dcg / ideal).abs() < 1e-12);
    }

    #[test]
    fn an_answer_at_rank_eleven_is_not_among_ten() {
        let mut ranking = vec![0; 10];
        ranking.push(4);
        let found = Measures::of(&ranking, 4).unwrap();
        assert_eq!((found.recall_at_10, found.mrr_at_10), (0.0, 0.0));
        assert_eq!(found.ndcg_at_10, 0.0);
        assert!((found.average_precision - 1.0 / 11.0).abs() < 1e-12);
        assert_eq!(Measures::of(&[1, 0], 4), None);
    }
}
