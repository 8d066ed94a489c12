//! Every variant against attention in double precision with the whole matrix of logits.

use proptest::prelude::*;

use super::{AttentionScratch, PackedHead, attend, attend_causally};
use crate::isa::Isa;
use crate::matrix::{Matrix, MatrixMut};
use crate::testing::{assert_close, numbers, variants};

struct Case {
    queries: usize,
    keys: usize,
    size: usize,
    /// Factor on the keys: how far logits lie apart.
    spread: f32,
}

fn check(isa: Isa, case: &Case) -> Vec<f32> {
    let &Case {
        queries,
        keys,
        size,
        spread,
    } = case;
    let stride = size + 3;
    let q = numbers(1, queries * stride);
    let k: Vec<f32> = numbers(2, keys * stride)
        .iter()
        .map(|x| x * spread)
        .collect();
    let v = numbers(3, keys * stride);
    let scale = (size as f32).sqrt().recip();
    // Packing must overwrite whatever the memory held.
    let mut memory = vec![f32::NAN; PackedHead::length(isa, keys, size)];
    PackedHead::pack(
        isa,
        Matrix::new(&k, keys, size, stride),
        Matrix::new(&v, keys, size, stride),
        &mut memory,
    );
    let mut out = vec![7.0; queries * size];
    attend(
        Matrix::new(&q, queries, size, stride),
        &PackedHead::new(isa, keys, size, &memory),
        scale,
        &mut AttentionScratch::default(),
        MatrixMut::new(&mut out, queries, size, size),
    );
    let mut expected = vec![0.0; queries * size];
    for query in 0..queries {
        let logits: Vec<f64> = (0..keys)
            .map(|key| {
                let products = (0..size)
                    .map(|i| f64::from(q[query * stride + i]) * f64::from(k[key * stride + i]));
                products.sum::<f64>() * f64::from(scale)
            })
            .collect();
        let maximum = logits.iter().fold(f64::NEG_INFINITY, |max, &x| max.max(x));
        let weights: Vec<f64> = logits.iter().map(|x| (x - maximum).exp()).collect();
        let sum: f64 = weights.iter().sum();
        for i in 0..size {
            let values = (0..keys).map(|key| weights[key] * f64::from(v[key * stride + i]));
            expected[query * size + i] = values.sum::<f64>() / sum.max(f64::MIN_POSITIVE);
        }
    }
    // A logit is a sum of `size` products, off by about its magnitude times 2^-23; that error
    // is relative in the weights.
    let tolerance = 3e-6 + f64::from(spread) * size as f64 * 2e-7;
    let subject = format!("{isa}, {queries} queries, {keys} keys of {size}, spread {spread}");
    assert_close(&out, &expected, tolerance, &subject);
    out
}

#[test]
fn agrees_at_every_edge_of_tiles_and_blocks() {
    for isa in variants() {
        for queries in [0, 1, 4, 5, 6, 7, 11, 12, 13, 25] {
            check(
                isa,
                &Case {
                    queries,
                    keys: 35,
                    size: 16,
                    spread: 1.0,
                },
            );
        }
        for keys in [0, 1, 15, 16, 17, 31, 32, 33, 127, 128, 129, 300] {
            check(
                isa,
                &Case {
                    queries: 3,
                    keys,
                    size: 64,
                    spread: 4.0,
                },
            );
        }
        for size in [1, 15, 16, 31, 32, 33, 48, 64, 80] {
            check(
                isa,
                &Case {
                    queries: 3,
                    keys: 40,
                    size,
                    spread: 2.0,
                },
            );
        }
    }
}

#[test]
fn extreme_logits_neither_overflow_nor_vanish() {
    for isa in variants() {
        for spread in [100.0, 1e4] {
            check(
                isa,
                &Case {
                    queries: 5,
                    keys: 300,
                    size: 8,
                    spread,
                },
            );
        }
    }
}

#[test]
fn a_great_logit_in_the_last_block_takes_over() {
    for isa in variants() {
        let keys = 400;
        let mut k = vec![0.0; keys];
        k[keys - 1] = 500.0;
        let v: Vec<f32> = (0..keys).map(|i| i as f32).collect();
        let mut memory = vec![0.0; PackedHead::length(isa, keys, 1)];
        let column = |data| Matrix::new(data, keys, 1, 1);
        PackedHead::pack(isa, column(&k), column(&v), &mut memory);
        let mut out = [0.0; 3];
        attend(
            Matrix::new(&[1.0, 0.0, -1.0], 3, 1, 1),
            &PackedHead::new(isa, keys, 1, &memory),
            1.0,
            &mut AttentionScratch::default(),
            MatrixMut::new(&mut out, 3, 1, 1),
        );
        let mean = |count: usize| (count - 1) as f64 / 2.0;
        assert_close(&out, &[399.0, mean(keys), mean(keys - 1)], 1e-3, isa.name());
    }
}

#[test]
fn a_query_is_the_same_bits_in_any_batch() {
    for isa in variants() {
        let case = |queries| Case {
            queries,
            keys: 200,
            size: 64,
            spread: 3.0,
        };
        let whole = check(isa, &case(40));
        for queries in [1, 2, 13] {
            assert_eq!(
                check(isa, &case(queries)),
                whole[..queries * 64],
                "{isa}, {queries}"
            );
        }
    }
}

/// Each query against attention over the keys that it sees, packed alone.
#[test]
fn a_causal_query_sees_the_keys_up_to_its_own_and_no_more() {
    for isa in variants() {
        for (first, count, keys, size) in [(0, 1, 1, 64), (0, 30, 30, 16), (5, 13, 40, 72)] {
            let q = numbers(1, count * size);
            let (k, v) = (numbers(2, keys * size), numbers(3, keys * size));
            let scale = (size as f32).sqrt().recip();
            let packed = |seen: usize| {
                let mut memory = vec![f32::NAN; PackedHead::length(isa, seen, size)];
                let of = |data| Matrix::new(data, seen, size, size);
                PackedHead::pack(isa, of(&k), of(&v), &mut memory);
                memory
            };
            let mut scratch = AttentionScratch::default();
            let all = packed(keys);
            let mut found = vec![7.0; count * size];
            attend_causally(
                Matrix::new(&q, count, size, size),
                first,
                &PackedHead::new(isa, keys, size, &all),
                scale,
                &mut scratch,
                MatrixMut::new(&mut found, count, size, size),
            );
            for (row, found) in found.chunks(size).enumerate() {
                let seen = first + row + 1;
                let memory = packed(seen);
                let mut expected = vec![0.0; size];
                attend(
                    Matrix::new(&q[row * size..], 1, size, size),
                    &PackedHead::new(isa, seen, size, &memory),
                    scale,
                    &mut scratch,
                    MatrixMut::new(&mut expected, 1, size, size),
                );
                let expected: Vec<f64> = expected.iter().map(|&x| f64::from(x)).collect();
                assert_close(found, &expected, 1e-6, &format!("{isa}, {first} + {row}"));
            }
        }
    }
}

/// Blocks of keys that some queries of a tile see nothing of.
#[test]
fn a_causal_query_is_the_same_bits_in_any_batch() {
    for isa in variants() {
        let (keys, size) = (300, 8);
        let (q, k, v) = (
            numbers(1, keys * size),
            numbers(2, keys * size),
            numbers(3, keys * size),
        );
        let mut memory = vec![0.0; PackedHead::length(isa, keys, size)];
        let of = |data| Matrix::new(data, keys, size, size);
        PackedHead::pack(isa, of(&k), of(&v), &mut memory);
        let head = PackedHead::new(isa, keys, size, &memory);
        let run = |first: usize, count: usize| {
            let mut out = vec![0.0; count * size];
            let queries = Matrix::new(&q[first * size..], count, size, size);
            let target = MatrixMut::new(&mut out, count, size, size);
            let mut scratch = AttentionScratch::default();
            attend_causally(queries, first, &head, 0.5, &mut scratch, target);
            out
        };
        let whole = run(0, keys);
        for (first, count) in [(0, 1), (127, 2), (120, 30), (255, 45), (299, 1)] {
            let expected = &whole[first * size..][..count * size];
            assert_eq!(
                run(first, count),
                expected,
                "{isa}, {count} from {first} on"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn agrees_at_any_shape(
        queries in 0_usize..30,
        keys in 0_usize..300,
        size in 1_usize..70,
        spread in 0.1_f32..10.0,
    ) {
        for isa in Isa::available() {
            check(isa, &Case { queries, keys, size, spread });
        }
    }
}
