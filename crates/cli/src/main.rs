//! The binary `lookalike`: arguments become configuration, configuration becomes wiring.

fn main() {}
