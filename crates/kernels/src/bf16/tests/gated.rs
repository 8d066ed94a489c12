//! The gated MLP: gates and their partners as they lie in a checkpoint, against silu by hand.

use super::*;

/// Of silu, before the rounding.
const SILU_BOUND: f64 = 1e-4;

fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

#[test]
fn gates_meet_their_partners_at_every_edge() {
    for variant in variants() {
        for rows in [1, 16, 17, 33] {
            for hidden in [0, 1, 15, 16, 17, 31, 32, 33, 48, 50, 64, 100] {
                check(variant, rows, 70, hidden);
            }
        }
        for inputs in [0, 1, 33, 384] {
            check(variant, 20, inputs, 40);
        }
    }
}

fn check(variant: Variant, rows: usize, inputs: usize, hidden: usize) {
    let subject = format!("{}, {rows} x {inputs} x {hidden}", variant.name());
    let case = Case {
        rows,
        inputs,
        outputs: 2 * hidden,
    };
    let (x, weights, bias) = case.operands();
    let packed = PackedLinear::pack_gated(variant, hidden, inputs, &weights, Some(&bias));
    assert_eq!(packed.outputs(), hidden);
    let x = blocked(&x, rows, inputs);
    let mut out = dirty(Blocked::tile_count(rows, hidden));
    let target = BlockedMut::new(&mut out, rows, hidden);
    linear(
        Blocked::new(&x, rows, inputs),
        &packed,
        Output::SwiGlu(target),
    );
    check_padding(&out, rows, hidden, &subject);
    let (mut expected, mut greatest) = (Vec::new(), 0.0_f64);
    for sums in case.sums().chunks((2 * hidden).max(1)) {
        for (gate, up) in sums[..hidden].iter().zip(&sums[hidden..]) {
            expected.push(silu(*gate) * up);
            greatest = greatest.max(gate.abs()).max(up.abs());
        }
    }
    let tolerance = (2.2 * case.tolerance() + SILU_BOUND * greatest) * greatest;
    let found = values(Blocked::new(&out, rows, hidden));
    assert_rounded(&found, &expected, tolerance, &subject);
}

#[test]
fn silu_keeps_its_relative_bound_from_far_below_to_far_above_zero() {
    let gates: Vec<f32> = (-900..=900).map(|i| i as f32 * 0.1).collect();
    let hidden = gates.len();
    let mut bias = gates.clone();
    bias.extend(vec![1.0; hidden]);
    for variant in variants() {
        let weights = vec![0.0; 2 * hidden];
        let packed = PackedLinear::pack_gated(variant, hidden, 1, &weights, Some(&bias));
        let mut out = dirty(Blocked::tile_count(1, hidden));
        let target = BlockedMut::new(&mut out, 1, hidden);
        let x = blocked(&[1.0], 1, 1);
        linear(Blocked::new(&x, 1, 1), &packed, Output::SwiGlu(target));
        for (found, &gate) in values(Blocked::new(&out, 1, hidden)).iter().zip(&gates) {
            let expected = silu(f64::from(gate));
            // The exponential ends near the range of f32: what is lost there is nothing.
            let tolerance = expected.abs() * (ROUNDING + SILU_BOUND) + 1e-35;
            assert!(
                (f64::from(*found) - expected).abs() <= tolerance,
                "{}: silu({gate}) is {found}, expected {expected}",
                variant.name()
            );
        }
    }
}
