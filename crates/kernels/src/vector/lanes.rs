//! What a vector instruction set can do, as safe methods of its token.

/// A vector of f32 and its operations. The implementing token proves that the CPU has the
/// instructions, which is what makes the methods safe.
pub(crate) trait Lanes: Copy {
    /// The register type.
    type Vector: Copy;
    /// A register of integers of 32 bits, or of fours of bytes.
    type Integers: Copy;
    /// Elements of a register.
    const WIDTH: usize;
    /// See [`crate::backend::Backend::ROWS`].
    const TILE_ROWS: usize;
    /// See [`crate::backend::Backend::GREATEST_LEVEL`].
    const GREATEST_LEVEL: u8;

    /// Every element is `x`.
    fn splat(self, x: f32) -> Self::Vector;
    /// The first elements of `x`; where it is shorter than a register, `fill` follows.
    fn load(self, x: &[f32], fill: f32) -> Self::Vector;
    /// Stores to `out`, at most a register; elements beyond its end are dropped.
    fn store(self, x: Self::Vector, out: &mut [f32]);

    /// Rounds to bf16, halves to even, and stores to `out`, at most a register. No element may be
    /// a NaN.
    fn store_bf16(self, x: Self::Vector, out: &mut [u16]);

    /// Rounds to integers, halves to even, and stores them to `out` as bytes, at most a register;
    /// what is beyond the range of bytes becomes its end.
    fn store_bytes(self, x: Self::Vector, out: &mut [u8]);

    /// All zero.
    fn no_sums(self) -> Self::Integers;
    /// The first integers of `x`.
    ///
    /// # Panics
    /// `x` is shorter than a register.
    fn load_sums(self, x: &[i32]) -> Self::Integers;
    /// The first fours of `x`.
    ///
    /// # Panics
    /// `x` is shorter than a register.
    fn load_fours(self, x: &[[i8; 4]]) -> Self::Integers;
    /// `four` everywhere.
    fn splat_four(self, four: [u8; 4]) -> Self::Integers;
    /// Adds to each sum the four products of bytes of `a`, at most [`Lanes::GREATEST_LEVEL`], and of
    /// `b`, which have a sign and are at least -127.
    fn add_products(
        self,
        sums: Self::Integers,
        a: Self::Integers,
        b: Self::Integers,
    ) -> Self::Integers;
    /// The nearest f32 of each integer.
    fn sums_as_floats(self, sums: Self::Integers) -> Self::Vector;

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
