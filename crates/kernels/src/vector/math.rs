//! exp, erf and the activations on registers.

use super::lanes::Lanes;
use crate::constants::{erf as e, exp as c, exp2, gelu_tanh};

/// `e^x` with the bounds of [`crate::constants::exp`].
#[inline(always)]
pub(super) fn exp<L: Lanes>(l: L, x: L::Vector) -> L::Vector {
    let x = l.minimum(l.maximum(x, l.splat(c::LOWEST)), l.splat(c::HIGHEST));
    let n = l.round(l.multiply(x, l.splat(c::LOG2_E)));
    let r = l.multiply_add(n, l.splat(-c::LN2_HIGH), x);
    let r = l.multiply_add(n, l.splat(-c::LN2_LOW), r);
    let p = polynomial(l, r, &c::POLYNOMIAL);
    let mantissa = l.add(l.multiply_add(p, l.multiply(r, r), r), l.splat(1.0));
    l.scale_by_power(mantissa, n)
}

/// `2^x` for x up to 0 with the bounds of [`crate::constants::exp2`], in two thirds of the
/// instructions of [`exp`].
#[inline(always)]
pub(super) fn exp2_nonpositive<L: Lanes>(l: L, x: L::Vector) -> L::Vector {
    let x = l.maximum(x, l.splat(exp2::LOWEST));
    let n = l.round(x);
    let r = l.subtract(x, n);
    let mantissa = l.multiply_add(r, polynomial(l, r, &exp2::POLYNOMIAL), l.splat(1.0));
    l.scale_by_power(mantissa, n)
}

/// The exact GELU, with the bounds of [`crate::constants::erf`].
#[inline(always)]
pub(super) fn gelu<L: Lanes>(l: L, x: L::Vector) -> L::Vector {
    let argument = l.multiply(x, l.splat(std::f32::consts::FRAC_1_SQRT_2));
    let argument = l.minimum(l.maximum(argument, l.splat(-e::LIMIT)), l.splat(e::LIMIT));
    let square = l.multiply(argument, argument);
    let numerator = l.multiply(argument, polynomial(l, square, &e::NUMERATOR));
    let erf = l.divide(numerator, polynomial(l, square, &e::DENOMINATOR));
    let half = l.multiply(x, l.splat(0.5));
    l.multiply_add(half, erf, half)
}

/// `x / (1 + e^-x)`
#[inline(always)]
pub(super) fn silu<L: Lanes>(l: L, x: L::Vector) -> L::Vector {
    let exponential = exp(l, l.subtract(l.splat(0.0), x));
    l.divide(x, l.add(exponential, l.splat(1.0)))
}

/// The GELU by a hyperbolic tangent, as `x * sigmoid(2 z)`: `(1 + tanh z) / 2` is `sigmoid(2 z)`.
#[inline(always)]
pub(super) fn gelu_tanh<L: Lanes>(l: L, x: L::Vector) -> L::Vector {
    let cubic = l.multiply_add(
        l.multiply(x, x),
        l.splat(gelu_tanh::CUBIC),
        l.splat(gelu_tanh::LINEAR),
    );
    let exponential = exp(l, l.multiply(l.subtract(l.splat(0.0), x), cubic));
    l.divide(x, l.add(exponential, l.splat(1.0)))
}

/// Horner's rule, from the highest power down.
#[inline(always)]
fn polynomial<L: Lanes>(l: L, x: L::Vector, coefficients: &[f32]) -> L::Vector {
    let mut value = l.splat(coefficients[0]);
    for &coefficient in &coefficients[1..] {
        value = l.multiply_add(value, x, l.splat(coefficient));
    }
    value
}
