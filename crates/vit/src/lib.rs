//! Vision transformers on the CPU: configuration, weights and the forward pass.
