//! Products by tile registers.
//!
//! A block of 32 x 32 sums is 2 x 2 accumulators, `tmm0` to `tmm3`; `tmm4` to `tmm7` hold the
//! operands; attention gathers to two and has its values in the others. Operands that are not used
//! again soon are loaded with the hint `t1`, which keeps them from pushing the others out of L1
//! (20 to 28 % at 384 inputs).

mod attention;
mod linear;

pub(super) use attention::attend;
pub(super) use linear::linear;
pub(crate) use linear::{Steps, run, steps};
