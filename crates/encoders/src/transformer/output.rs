//! What is wanted of a forward pass.

/// What is wanted of each sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The first token: the last layer then computes only that one.
    First,
    /// The last token.
    Last,
    /// All tokens.
    All,
}
