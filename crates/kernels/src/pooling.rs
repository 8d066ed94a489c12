//! One value per column for all rows of a matrix.

use crate::compiled::compiled_for;
use crate::isa::Isa;
use crate::matrix::Matrix;

/// Values below this one count as this one in generalised means, whose roots need positive ones.
const LEAST: f32 = 1e-6;

/// Powers that are computed by multiplication.
const MOST_MULTIPLIED: f32 = 8.0;

/// How the rows become one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pooling {
    /// The mean.
    Mean,
    /// The generalised mean `(mean of max(x, 1e-6)^power)^(1 / power)` (Radenovic and others,
    /// 2018). Whole powers up to 8 are by far the fastest.
    Gem {
        /// A number above 0.
        power: f32,
    },
}

/// Pools each column of `x`, in double precision, to the same bits on every instruction set.
/// Without rows the results are zero.
///
/// # Panics
/// `out` has another length than a row.
pub fn pool(isa: Isa, x: Matrix<'_>, pooling: Pooling, out: &mut [f32]) {
    assert_eq!(out.len(), x.columns(), "a result per column");
    if x.rows() == 0 {
        return out.fill(0.0);
    }
    let mut sums = vec![0.0_f64; x.columns()];
    match pooling {
        Pooling::Mean => compiled_for(isa, || add_rows(x, &mut sums, f64::from)),
        Pooling::Gem { power }
            if power.fract() == 0.0 && (1.0..=MOST_MULTIPLIED).contains(&power) =>
        {
            // A loop per power, so that each of them is made of vector instructions.
            macro_rules! by_power {
                ($($whole:literal)*) => {
                    match power as i32 {
                        $($whole => compiled_for(isa, || {
                            add_rows(x, &mut sums, |x| multiplied::<$whole>(x));
                        }),)*
                        _ => unreachable!("a whole power from 1 to {MOST_MULTIPLIED}"),
                    }
                };
            }
            by_power!(1 2 3 4 5 6 7 8);
        }
        Pooling::Gem { power } => add_rows(x, &mut sums, |x| {
            f64::from(x.max(LEAST)).powf(f64::from(power))
        }),
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        let mean = sum / x.rows() as f64;
        *out = match pooling {
            Pooling::Mean => mean as f32,
            Pooling::Gem { power } => mean.powf(1.0 / f64::from(power)) as f32,
        };
    }
}

#[inline(always)]
fn multiplied<const POWER: i32>(x: f32) -> f64 {
    let x = f64::from(x.max(LEAST));
    let mut product = x;
    for _ in 1..POWER {
        product *= x;
    }
    product
}

#[inline(always)]
fn add_rows(x: Matrix<'_>, sums: &mut [f64], value: impl Fn(f32) -> f64) {
    for row in 0..x.rows() {
        for (sum, &x) in sums.iter_mut().zip(x.row(row)) {
            *sum += value(x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pooling, pool};
    use crate::matrix::Matrix;
    use crate::testing::{assert_close, numbers, variants};

    #[test]
    fn pools_columns_of_every_width() {
        for isa in variants() {
            for (rows, columns) in [(1, 1), (2, 15), (9, 16), (81, 33), (3, 0)] {
                let x = numbers(1, rows * (columns + 3));
                let x = Matrix::new(&x, rows, columns, columns + 3);
                for power in [0.0, 1.0, 2.5, 3.0, 8.0] {
                    let (pooling, least) = if power == 0.0 {
                        (Pooling::Mean, f64::NEG_INFINITY)
                    } else {
                        (Pooling::Gem { power }, 1e-6)
                    };
                    let exponent = if power == 0.0 { 1.0 } else { f64::from(power) };
                    let expected: Vec<f64> = (0..columns)
                        .map(|column| {
                            let values = (0..rows).map(|row| f64::from(x.row(row)[column]));
                            let sum: f64 = values
                                .map(|x| {
                                    if power == 0.0 {
                                        x
                                    } else {
                                        x.max(least).powf(exponent)
                                    }
                                })
                                .sum();
                            if power == 0.0 {
                                sum / rows as f64
                            } else {
                                (sum / rows as f64).powf(1.0 / exponent)
                            }
                        })
                        .collect();
                    let mut out = vec![f32::NAN; columns];
                    pool(isa, x, pooling, &mut out);
                    assert_close(
                        &out,
                        &expected,
                        1e-6,
                        &format!("{isa}, {rows} x {columns}, {pooling:?}"),
                    );
                }
            }
        }
    }

    #[test]
    fn nothing_pools_to_zero() {
        let mut out = [f32::NAN; 2];
        pool(
            crate::Isa::Portable,
            Matrix::new(&[], 0, 2, 2),
            Pooling::Mean,
            &mut out,
        );
        assert_eq!(out, [0.0; 2]);
    }
}
