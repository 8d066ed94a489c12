//! Coefficients of the approximations, shared by all variants.

/// `e^x = 2^n * e^r` with `n = round(x / ln 2)`, `|r| <= ln(2) / 2`, and
/// `e^r = 1 + r + r^2 * P(r)`: Cody and Waite's reduction with the minimax polynomial of
/// Cephes' `expf` (Moshier, 1989). Relative error below 3e-7.
pub(crate) mod exp {
    /// Below, `2^n` would be a subnormal: such results are flushed to about 1.2e-38, which
    /// no sum of probabilities notices.
    pub(crate) const LOWEST: f32 = -87.336_55;
    /// Above, `2^n` would overflow.
    pub(crate) const HIGHEST: f32 = 88.376_26;
    pub(crate) const LOG2_E: f32 = std::f32::consts::LOG2_E;
    /// `ln 2` in two parts; the first has so few bits that `n` times it is exact.
    pub(crate) const LN2_HIGH: f32 = 0.693_359_4;
    pub(crate) const LN2_LOW: f32 = -2.121_944_4e-4;
    /// `P`, from the highest power down.
    pub(crate) const POLYNOMIAL: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_6e-1,
        5e-1,
    ];
}

/// `2^x = 2^n * 2^r` with `n = round(x)`, `|r| <= 1/2`, and `2^r = 1 + r * P(r)`: the minimax
/// polynomial of Cephes' `exp2f` (Moshier, 1989). Relative error below 3e-7.
pub(crate) mod exp2 {
    /// Below, `2^n` would be a subnormal.
    pub(crate) const LOWEST: f32 = -126.0;
    /// `P`, from the highest power down.
    pub(crate) const POLYNOMIAL: [f32; 6] = [
        1.535_336_2e-4,
        1.339_887_4e-3,
        9.618_437e-3,
        5.550_332_5e-2,
        2.402_264_8e-1,
        6.931_472e-1,
    ];
}

/// `erf(x) = x * P(x^2) / Q(x^2)` on [-4, 4], beyond which erf is 1 in single precision: the
/// rational minimax approximation of the Eigen library. Absolute error below 4e-7, of which
/// the approximation itself is 7e-8 and single precision the rest.
pub(crate) mod erf {
    pub(crate) const LIMIT: f32 = 4.0;
    /// `P`, from the highest power down.
    pub(crate) const NUMERATOR: [f32; 7] = [
        -2.726_142_4e-10,
        2.770_681_5e-8,
        -2.101_024e-6,
        -5.692_506_2e-5,
        -7.349_906_4e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    /// `Q`, from the highest power down.
    pub(crate) const DENOMINATOR: [f32; 5] = [
        -1.456_607_15e-5,
        -2.133_740_5e-4,
        -1.682_827e-3,
        -7.373_329_3e-3,
        -1.426_473_9e-2,
    ];
}

/// `2 sqrt(2 / pi) (x + 0.044715 x^3) = x (LINEAR + CUBIC x^2)`, the argument of the sigmoid that
/// the GELU by a hyperbolic tangent multiplies x by.
pub(crate) mod gelu_tanh {
    pub(crate) const LINEAR: f32 = 1.595_769;
    pub(crate) const CUBIC: f32 = LINEAR * 0.044_715;
}
