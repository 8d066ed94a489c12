//! What a vector instruction set can do, as safe methods of its token.

/// A vector of f32 and its operations. The implementing token proves that the CPU has the
/// instructions, which is what makes the methods safe.
pub(crate) trait Lanes: Copy {
    /// The register type.
    type Vector: Copy;
    /// Elements of a register.
    const WIDTH: usize;

    /// Every element is `x`.
    fn splat(self, x: f32) -> Self::Vector;
    /// The first elements of `x`; where it is shorter than a register, `fill` follows.
    fn load(self, x: &[f32], fill: f32) -> Self::Vector;
    /// Stores to `out`, at most a register; elements beyond its end are dropped.
    fn store(self, x: Self::Vector, out: &mut [f32]);

    /// Rounds to bf16, halves to even, and stores to `out`, at most a register. No element may be
    /// a NaN.
    fn store_bf16(self, x: Self::Vector, out: &mut [u16]);

    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn subtract(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn multiply(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn divide(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn minimum(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn maximum(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a * b + c`, rounded once.
    fn multiply_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The nearest integer, halves to even.
    fn round(self, x: Self::Vector) -> Self::Vector;
    /// `x * 2^n` for integers `n` in `-126..=127`.
    fn scale_by_power(self, x: Self::Vector, n: Self::Vector) -> Self::Vector;
    /// Sum of the elements, always in the same order.
    fn sum(self, x: Self::Vector) -> f32;
    /// Greatest element.
    fn greatest(self, x: Self::Vector) -> f32;
}

/// A loop that can be compiled for any instruction set.
pub(crate) trait Operation {
    type Output;

    /// Implementations are `#[inline(always)]`: see the module.
    fn run<L: Lanes>(self, lanes: L) -> Self::Output;
}
