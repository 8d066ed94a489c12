//! Plain loops for any CPU: the specification that every other variant is tested against.

use super::arrangement::PANEL;
use super::heads::{HEAD_SIZE, Heads, Part};
use super::number::{from_bf16, to_bf16};
use super::output::Output;
use super::tile::{Blocked, BlockedMut};
use super::weights::PackedLinear;
use crate::backend::Backend;
use crate::matrix::{Matrix, MatrixMut};
use crate::portable::{Portable, gelu, silu};

pub(super) fn linear(x: Blocked<'_>, weights: &PackedLinear, out: &mut Output<'_>) {
    let mut sums = vec![0.0; weights.panels() * PANEL];
    for row in 0..x.rows() {
        for (column, sum) in sums.iter_mut().enumerate() {
            *sum = (0..x.columns())
                .map(|k| x.get(row, k) * weights.weight(column, k))
                .sum::<f32>()
                + weights.bias()[column];
        }
        finish_row(out, row, &mut sums, weights.outputs());
    }
}

/// Takes a row of sums with their bias, in the panels' order, to `outputs` outputs.
pub(crate) fn finish_row(out: &mut Output<'_>, row: usize, sums: &mut [f32], outputs: usize) {
    if let Output::SwiGlu(out) = out {
        let gates = (0..outputs).map(|output| output / 16 * PANEL + output % 16);
        let mut gated: Vec<f32> = gates.clone().map(|gate| sums[gate]).collect();
        let ups: Vec<f32> = gates.map(|gate| sums[gate + 16]).collect();
        Portable.swiglu(&mut gated, &ups);
        return out.write_row(row, &gated);
    }
    let sums = &mut sums[..outputs];
    match out {
        Output::Blocked(out) => out.write_row(row, sums),
        Output::Gelu(out) => {
            for sum in sums.iter_mut() {
                *sum = gelu(*sum);
            }
            out.write_row(row, sums);
        }
        Output::Silu(out) => {
            for sum in sums.iter_mut() {
                *sum = silu(*sum);
            }
            out.write_row(row, sums);
        }
        Output::Residual { out, scale } => add_row(out, row, sums, *scale),
        Output::Relu6(out) => {
            let out = &mut out.block(row, 0).data[..sums.len()];
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = sum.clamp(0.0, 6.0);
            }
        }
        Output::Heads(out) => {
            for (column, &sum) in sums.iter().enumerate() {
                out.set(row, column, sum);
            }
        }
        Output::SwiGlu(_) => unreachable!("done above"),
    }
}

fn add_row(out: &mut MatrixMut<'_>, row: usize, sums: &[f32], scale: Option<&[f32]>) {
    let out = &mut out.block(row, 0).data[..sums.len()];
    for (column, (out, sum)) in out.iter_mut().zip(sums).enumerate() {
        *out += sum * scale.map_or(1.0, |scale| scale[column]);
    }
}

pub(super) fn attend(
    heads: Heads<'_>,
    first: usize,
    weights: &mut Vec<f32>,
    out: &mut BlockedMut<'_>,
) {
    weights.resize(heads.rows(), 0.0);
    let mut row = vec![0.0; out.columns()];
    for query in 0..out.rows() {
        for (head, out) in row.chunks_mut(HEAD_SIZE).enumerate() {
            for (key, logit) in weights.iter_mut().enumerate() {
                *logit = (0..HEAD_SIZE)
                    .map(|i| {
                        heads.get(Part::Query, head, first + query, i)
                            * heads.get(Part::Key, head, key, i)
                    })
                    .sum();
            }
            let maximum = weights.iter().fold(f32::NEG_INFINITY, |max, &x| max.max(x));
            for weight in weights.iter_mut() {
                *weight = from_bf16(to_bf16((*weight - maximum).exp2()));
            }
            let sum: f32 = weights.iter().sum();
            for (i, out) in out.iter_mut().enumerate() {
                let values = weights
                    .iter()
                    .enumerate()
                    .map(|(key, weight)| weight * heads.get(Part::Value, head, key, i));
                *out = values.sum::<f32>() / sum;
            }
        }
        out.write_row(query, &row);
    }
}

pub(super) fn layer_norm(x: Matrix<'_>, epsilon: f32, out: &mut BlockedMut<'_>) {
    let (gain, bias) = (vec![1.0; x.columns()], vec![0.0; x.columns()]);
    let mut normal = vec![0.0; x.columns()];
    for row in 0..x.rows() {
        Portable.layer_norm(x.row(row), &gain, &bias, epsilon, &mut normal);
        out.write_row(row, &normal);
    }
}
