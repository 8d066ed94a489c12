//! Which places of two pictures are each other's best.
//!
//! For explanations, a pair of pictures at a time: plain loops will do.

use crate::evidence::Evidence;

/// A place of one picture and the place of another that are each other's most similar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The middle of the place in the one picture: x and y in fractions of its sides, as the model
    /// takes it.
    pub from: [f32; 2],
    /// The same in the other.
    pub to: [f32; 2],
    /// Cosine similarity of the two.
    pub similarity: f32,
}

impl Evidence {
    /// The places of `self` and `other` that are each other's most similar, in the order of those of
    /// `self`; of equals the first counts. None where tokens have other numbers of values.
    #[must_use]
    pub fn pairs(&self, other: &Self) -> Vec<Pair> {
        if self.dim() != other.dim() {
            return Vec::new();
        }
        let products: Vec<Vec<i32>> = tokens(self)
            .map(|one| tokens(other).map(|two| product(one, two)).collect())
            .collect();
        let best_of_other: Vec<Option<usize>> = (0..other.len())
            .map(|column| first_largest(products.iter().map(|row| row[column])))
            .collect();
        let (from, to): (Vec<_>, Vec<_>) = (self.centres().collect(), other.centres().collect());
        let pair = |(row, products): (usize, &Vec<i32>)| {
            let column = first_largest(products.iter().copied())?;
            let product = products[column];
            (best_of_other[column] == Some(row) && product > 0).then(|| Pair {
                from: from[row],
                to: to[column],
                similarity: product as f32 / (127.0 * 127.0),
            })
        };
        products.iter().enumerate().filter_map(pair).collect()
    }
}

fn tokens(evidence: &Evidence) -> impl Iterator<Item = &[i8]> {
    evidence.values().chunks(evidence.dim())
}

fn product(one: &[i8], two: &[i8]) -> i32 {
    let pairs = one.iter().zip(two);
    pairs.map(|(&a, &b)| i32::from(a) * i32::from(b)).sum()
}

fn first_largest(values: impl Iterator<Item = i32>) -> Option<usize> {
    let values = values.enumerate();
    let best = values.reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::evidence;

    #[test]
    fn places_are_paired_that_are_each_others_best() {
        let one = Evidence::new(2, vec![0, 11, 22], vec![127, 0, 120, 20, 0, 127]);
        let other = Evidence::new(2, vec![5, 99], vec![0, 127, 127, 0]);
        let found = one.pairs(&other);
        // The token in the middle is most like one that has a better match.
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].from, found[0].to), ([0.05, 0.05], [0.95, 0.95]));
        assert_eq!((found[1].from, found[1].to), ([0.25, 0.25], [0.55, 0.05]));
        assert!(
            found
                .iter()
                .all(|pair| (pair.similarity - 1.0).abs() < 1e-6)
        );
        assert!(one.pairs(&evidence(1, 4, 3)).is_empty());
        assert!(one.pairs(&evidence(1, 0, 2)).is_empty());
    }

    #[test]
    fn a_picture_is_paired_with_itself_place_by_place() {
        let one = evidence(3, 40, 88);
        let found = one.pairs(&one);
        assert_eq!(found.len(), 40);
        assert!(found.iter().all(|pair| pair.from == pair.to));
    }
}
