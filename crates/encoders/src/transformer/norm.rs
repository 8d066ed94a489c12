//! Weights of a layer norm.

/// Gain and bias of a layer norm.
#[derive(Clone)]
pub struct Norm {
    /// A factor for each value.
    pub gain: Vec<f32>,
    /// What is added to each value then.
    pub bias: Vec<f32>,
}
