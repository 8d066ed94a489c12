//! Models on an adapter: Mesa's software one, or else a card. Skipped, with a word, where there is
//! none.

#![expect(clippy::unwrap_used, reason = "tests: the helpers too may panic")]
#![expect(clippy::print_stdout, reason = "tests say what they measured")]

mod agreement;
mod common;
mod memory;
mod sizes;
