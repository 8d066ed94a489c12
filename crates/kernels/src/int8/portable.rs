//! Plain loops for any CPU: the specification that every other variant is tested against.

use super::tile::{Quantised, QuantisedMut};
use super::weights::PackedLinear;
use crate::backend::Backend;
use crate::bf16::arrangement::PANEL;
use crate::bf16::portable::finish_row;
use crate::bf16::{Blocked, Output};
use crate::matrix::Matrix;
use crate::portable::Portable;

pub(super) fn linear(x: Quantised<'_>, weights: &PackedLinear, out: &mut Output<'_>) {
    let mut results = vec![0.0; weights.panels() * PANEL];
    for (row, scale) in x.scales().iter().enumerate() {
        for (column, result) in results.iter_mut().enumerate() {
            let sum: i32 = (0..x.columns())
                .map(|k| i32::from(x.integer(row, k)) * i32::from(weights.integer(column, k)))
                .sum();
            *result = sum as f32 * scale * weights.scales()[column] + weights.bias()[column];
        }
        finish_row(out, row, &mut results, weights.outputs());
    }
}

pub(super) fn layer_norm(x: Matrix<'_>, epsilon: f32, out: &mut QuantisedMut<'_>) {
    let (gain, bias) = (vec![1.0; x.columns()], vec![0.0; x.columns()]);
    let mut normal = vec![0.0; x.columns()];
    for row in 0..x.rows() {
        Portable.layer_norm(x.row(row), &gain, &bias, epsilon, &mut normal);
        out.write_row(row, &normal);
    }
}

pub(super) fn quantise(x: Blocked<'_>, out: &mut QuantisedMut<'_>) {
    let mut values = vec![0.0; x.columns()];
    for row in 0..x.rows() {
        for (column, value) in values.iter_mut().enumerate() {
            *value = x.get(row, column);
        }
        out.write_row(row, &values);
    }
}
