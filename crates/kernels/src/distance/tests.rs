//! One suite for all variants: each against sums in f64, with its error bound, and exactly where
//! the values are small integers.

use super::{Rows, inner_products, squared_l2s};
use crate::Isa;

/// Lengths around the lanes and tiles of every variant, and odd tails.
const DIMS: [usize; 25] = [
    0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 129, 384, 1023,
];

/// Counts of rows and queries around the tiles of every variant.
const COUNTS: [usize; 10] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13];

/// Unit of f32 rounding. A sum of n terms in any order errs by at most n of it, relative to the
/// sum of absolute terms; two more cover the rounding of each difference and product.
const UNIT: f64 = 1.0 / (1 << 24) as f64;

fn isas() -> Vec<Isa> {
    let isas = Isa::available();
    for name in ["avx2", "avx512", "amx"] {
        if !isas.iter().any(|isa| isa.name() == name) {
            println!("skipped: this CPU has no {name}");
        }
    }
    isas
}

/// Seeded values in [-1, 1): xorshift64*.
fn values(seed: u64, count: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// One pair alone.
fn inner_product(isa: Isa, a: &[f32], b: &[f32]) -> f32 {
    let mut out = [0.0];
    inner_products(isa, a, b, a.len(), &mut out);
    out[0]
}

/// One pair alone.
fn squared_l2(isa: Isa, a: &[f32], b: &[f32]) -> f32 {
    let mut out = [0.0];
    squared_l2s(isa, a, b, a.len(), &mut out);
    out[0]
}

/// The exact results, nearly, and what an f32 sum may miss them by.
fn expected(squared_l2: bool, a: &[f32], b: &[f32]) -> (f64, f64) {
    let terms = a.iter().zip(b).map(|(&a, &b)| {
        let (a, b) = (f64::from(a), f64::from(b));
        if squared_l2 { (a - b) * (a - b) } else { a * b }
    });
    let (sum, absolute) = terms.fold((0.0, 0.0), |(sum, absolute), term: f64| {
        (sum + term, absolute + term.abs())
    });
    (sum, (a.len() + 2) as f64 * UNIT * absolute)
}

fn assert_close(isa: Isa, squared_l2: bool, result: f32, a: &[f32], b: &[f32]) {
    let (expected, tolerance) = expected(squared_l2, a, b);
    let error = (f64::from(result) - expected).abs();
    let dim = a.len();
    assert!(
        error <= tolerance,
        "{isa}, squared_l2 {squared_l2}, dim {dim}: {result} is not {expected} +- {tolerance}"
    );
}

#[test]
fn pairs_of_every_length_and_alignment() {
    for isa in isas() {
        for dim in DIMS {
            let (a, b) = (values(1, dim + 4), values(2, dim + 4));
            for (a_offset, b_offset) in [(0, 0), (1, 0), (0, 3), (1, 2), (3, 3)] {
                let (a, b) = (&a[a_offset..][..dim], &b[b_offset..][..dim]);
                assert_close(isa, false, inner_product(isa, a, b), a, b);
                assert_close(isa, true, squared_l2(isa, a, b), a, b);
            }
        }
    }
}

#[test]
fn integers_are_exact() {
    for isa in isas() {
        for dim in DIMS {
            let integers = |seed| -> Vec<f32> {
                values(seed, dim)
                    .iter()
                    .map(|value| (value * 8.0).round())
                    .collect()
            };
            let (a, b) = (integers(3), integers(4));
            assert_eq!(
                f64::from(inner_product(isa, &a, &b)),
                expected(false, &a, &b).0
            );
            assert_eq!(f64::from(squared_l2(isa, &a, &b)), expected(true, &a, &b).0);
        }
    }
}

/// Each position counts once: a vector of zeros but for one position finds exactly that one.
#[test]
fn every_position_counts_once() {
    for isa in isas() {
        for dim in DIMS {
            let b: Vec<f32> = (0..dim).map(|position| position as f32 + 1.0).collect();
            for position in 0..dim {
                let mut a = vec![0.0; dim];
                a[position] = 1.0;
                assert_eq!(inner_product(isa, &a, &b), b[position], "{isa}, dim {dim}");
                let mut c = b.clone();
                c[position] += 2.0;
                assert_eq!(squared_l2(isa, &b, &c), 4.0, "{isa}, dim {dim}");
            }
        }
    }
}

#[test]
fn matrices_agree_with_pairs_to_the_bit() {
    for isa in isas() {
        for dim in [1, 7, 8, 17, 64, 83] {
            for query_count in COUNTS {
                for row_count in COUNTS {
                    let queries = &values(5, query_count * dim + 1)[1..];
                    let rows = &values(6, row_count * dim + 3)[3..];
                    check_matrix(isa, queries, rows.into(), dim);
                    let each: Vec<&[f32]> = rows.chunks_exact(dim).rev().collect();
                    check_matrix(isa, queries, Rows::Each(&each), dim);
                }
            }
        }
    }
}

fn check_matrix(isa: Isa, queries: &[f32], rows: Rows<'_>, dim: usize) {
    let row_count = rows.count(dim);
    let query_count = queries.len() / dim;
    // Stale results must not show through.
    let mut products = vec![f32::NAN; query_count * row_count];
    let mut distances = products.clone();
    inner_products(isa, queries, rows, dim, &mut products);
    squared_l2s(isa, queries, rows, dim, &mut distances);
    for (query_index, query) in queries.chunks_exact(dim).enumerate() {
        for row_index in 0..row_count {
            let row = rows.get(row_index, dim);
            let at = query_index * row_count + row_index;
            assert_eq!(
                products[at].to_bits(),
                inner_product(isa, query, row).to_bits()
            );
            assert_eq!(
                distances[at].to_bits(),
                squared_l2(isa, query, row).to_bits()
            );
        }
    }
}

#[test]
fn not_finite_values_are_not_hidden() {
    for isa in isas() {
        for dim in [1, 8, 17, 40] {
            let ones = vec![1.0; dim];
            for position in 0..dim {
                let mut row = ones.clone();
                row[position] = f32::NAN;
                assert!(inner_product(isa, &ones, &row).is_nan(), "{isa}, dim {dim}");
                assert!(squared_l2(isa, &ones, &row).is_nan(), "{isa}, dim {dim}");
                row[position] = f32::INFINITY;
                assert_eq!(inner_product(isa, &ones, &row), f32::INFINITY);
                assert_eq!(squared_l2(isa, &ones, &row), f32::INFINITY);
            }
        }
    }
}

#[test]
fn no_dimension_gives_zeros() {
    for isa in isas() {
        let mut out = [f32::NAN; 6];
        inner_products(isa, &[], [].as_slice(), 0, &mut out);
        assert_eq!(out, [0.0; 6]);
    }
}

#[test]
fn wrong_shapes_are_refused_by_every_variant() {
    type Call = fn(Isa);
    let calls: [(&str, Call); 4] = [
        ("queries", |isa| {
            inner_products(isa, &[0.0; 17], [0.0; 16].as_slice(), 16, &mut [0.0]);
        }),
        ("rows", |isa| {
            squared_l2s(isa, &[0.0; 16], [0.0; 15].as_slice(), 16, &mut [0.0]);
        }),
        ("results", |isa| {
            inner_products(isa, &[0.0; 16], [0.0; 32].as_slice(), 16, &mut [0.0]);
        }),
        ("rows one by one", |isa| {
            let rows = Rows::Each(&[&[0.0; 15]]);
            inner_products(isa, &[0.0; 16], rows, 16, &mut [0.0]);
        }),
    ];
    for isa in isas() {
        for (what, call) in calls {
            assert!(
                std::panic::catch_unwind(|| call(isa)).is_err(),
                "{isa}: {what}"
            );
        }
    }
}
