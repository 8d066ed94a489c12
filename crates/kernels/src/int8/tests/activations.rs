//! Where quantised activations come from: every variant against the others and against f64.

use super::*;

#[test]
fn a_row_of_zeros_gives_the_bias_exactly_and_nan_stays() {
    for variant in variants() {
        let mut x = vec![0.0; 3 * 70];
        x[2 * 70 + 5] = f32::NAN;
        x[2 * 70 + 9] = 3.0;
        let source = {
            let mut tiles = dirty_blocked(3, 70);
            let mut matrix = BlockedMut::new(&mut tiles, 3, 70);
            (0..3).for_each(|row| matrix.write_row(row, &x[row * 70..][..70]));
            tiles
        };
        let (mut tiles, mut scales) = dirty(3, 70);
        let out = QuantisedMut::new(&mut tiles, &mut scales, 3, 70);
        quantise(variant, Blocked::new(&source, 3, 70), out);
        let x = Quantised::new(&tiles, &scales, 3, 70);
        let weights = numbers(1, 70);
        let packed = PackedLinear::pack(variant, 1, 70, &weights, Some(&[0.1]));
        let mut out = [0.0; 3];
        let target = MatrixMut::new(&mut out, 3, 1, 1);
        linear(
            x,
            &packed,
            Output::Residual {
                out: target,
                scale: None,
            },
        );
        assert_eq!(out[..2], [0.1, 0.1], "{}", variant.name());
        assert!(out[2].is_nan(), "{}", variant.name());
    }
}

/// Integers and scales, also of the columns that fill up the last tile.
fn bits(tiles: &[Tile], scales: &[f32], columns: usize) -> Vec<(Vec<i8>, u32)> {
    let depth = columns.div_ceil(64);
    let rows = scales.iter().enumerate();
    rows.map(|(row, scale)| {
        let tiles = &tiles[row / 16 * depth..][..depth];
        let integers = tiles.iter().flat_map(|tile| &tile.0[row % 16 * 64..][..64]);
        (integers.copied().collect(), scale.to_bits())
    })
    .collect()
}

#[test]
fn quantised_activations_are_the_same_in_every_variant() {
    for columns in [0, 1, 31, 32, 33, 63, 64, 65, 96, 97, 384, 1536] {
        let rows = 18;
        let x: Vec<f32> = numbers(columns as u64, rows * columns)
            .iter()
            .enumerate()
            .map(|(i, x)| x * (i as f32 * 0.3).sin().exp())
            .collect();
        let mut blocked = dirty_blocked(rows, columns);
        let mut matrix = BlockedMut::new(&mut blocked, rows, columns);
        for row in 0..rows {
            matrix.write_row(row, &x[row * columns..][..columns]);
        }
        let exact = quantised(&values(&blocked, rows, columns), rows, columns);
        for variant in variants() {
            let (mut tiles, mut scales) = dirty(rows, columns);
            let out = QuantisedMut::new(&mut tiles, &mut scales, rows, columns);
            quantise(variant, Blocked::new(&blocked, rows, columns), out);
            let is_same = bits(&tiles, &scales, columns) == bits(&exact.0, &exact.1, columns);
            assert!(is_same, "{}, {columns} columns", variant.name());
        }
    }
}

#[test]
fn layer_norm_is_within_half_a_step() {
    const EPSILON: f32 = 1e-6;
    for variant in variants() {
        for columns in [2, 15, 16, 17, 63, 64, 65, 384, 1536] {
            let rows = 17;
            let x: Vec<f32> = numbers(1, rows * columns).iter().map(|x| x + 0.5).collect();
            let (mut tiles, mut scales) = dirty(rows, columns);
            layer_norm(
                variant,
                Matrix::new(&x, rows, columns, columns),
                EPSILON,
                QuantisedMut::new(&mut tiles, &mut scales, rows, columns),
            );
            let out = Quantised::new(&tiles, &scales, rows, columns);
            for (row, (integers, _)) in bits(&tiles, &scales, columns).iter().enumerate() {
                let subject = format!("{}, row {row} of {columns}", variant.name());
                assert!(integers[columns..].iter().all(|&x| x == 0), "{subject}");
                assert!(integers.iter().any(|x| x.abs() == 127), "{subject}");
                let x: Vec<f64> = x[row * columns..][..columns]
                    .iter()
                    .map(|&x| x.into())
                    .collect();
                let mean = x.iter().sum::<f64>() / columns as f64;
                let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / columns as f64;
                let divisor = (variance + f64::from(EPSILON)).sqrt();
                let tolerance = f64::from(scales[row]) * 0.501 + 1e-5 + 1e-6 / divisor;
                for (column, x) in x.iter().enumerate() {
                    let exact = (x - mean) / divisor;
                    let error = (f64::from(out.get(row, column)) - exact).abs();
                    assert!(error <= tolerance, "{subject}, {column}: {error:e}");
                }
            }
        }
    }
}
