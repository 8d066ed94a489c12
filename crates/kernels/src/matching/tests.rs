use super::{MOST_VALUES, PackedSet};
use crate::Isa;
use crate::testing::{numbers, variants};

/// All values from -128 to 127.
fn values(seed: u64, count: usize) -> Vec<i8> {
    let numbers = numbers(seed, count).into_iter();
    numbers
        .map(|number| (number * 128.0).floor() as i8)
        .collect()
}

fn best(isa: Isa, one: &[i8], other: &[i8], dim: usize) -> (Vec<i32>, Vec<i32>) {
    let packed = PackedSet::pack(isa, one, dim);
    assert_eq!((packed.vectors(), packed.dim()), (one.len() / dim, dim));
    let (mut of_self, mut of_other) = (vec![7; one.len() / dim], vec![7; other.len() / dim]);
    packed.best(other, &mut of_self, &mut of_other);
    (of_self, of_other)
}

#[test]
fn the_largest_product_of_each_vector_is_found() {
    let (one, other) = ([1, 2, -3, 0], [4, -1, 5, 5]);
    let (of_self, of_other) = best(Isa::Portable, &one, &other, 2);
    assert_eq!(of_self, [15, -12]);
    assert_eq!(of_other, [2, 15]);
}

#[test]
fn every_variant_finds_the_same() {
    let counts = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 45];
    for isa in variants() {
        for dim in [1, 2, 3, 4, 5, 87, 88, MOST_VALUES] {
            for (seed, &own) in (1..).zip(&counts) {
                for &others in &counts {
                    let (one, other) = (values(seed, own * dim), values(seed + 50, others * dim));
                    let expected = best(Isa::Portable, &one, &other, dim);
                    let found = best(isa, &one, &other, dim);
                    assert!(found == expected, "{isa}: {own} and {others} of {dim}");
                }
            }
        }
    }
}

#[test]
fn products_below_zero_are_not_taken_for_missing_vectors() {
    let (one, other) = (vec![-128; 3 * 88], vec![127; 2 * 88]);
    for isa in variants() {
        let (of_self, of_other) = best(isa, &one, &other, 88);
        assert_eq!(of_self, [-128 * 127 * 88; 3], "{isa}");
        assert_eq!(of_other, [-128 * 127 * 88; 2], "{isa}");
    }
}

#[test]
#[should_panic(expected = "a vector is not whole")]
fn half_a_vector_is_refused() {
    let packed = PackedSet::pack(Isa::Portable, &[1, 2], 2);
    packed.best(&[1, 2, 3], &mut [0], &mut [0]);
}
