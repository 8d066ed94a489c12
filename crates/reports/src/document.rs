//! What all documents have in common: what may stand in them, and what a browser may load for them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What a browser may load for a document with that style sheet and pictures inside it: these, and
/// nothing else.
#[must_use]
pub fn policy_of(style: &str) -> String {
    let mut policy = "default-src 'none'; img-src data:; style-src 'sha256-".to_owned();
    STANDARD.encode_string(Sha256::digest(style), &mut policy);
    policy.push_str("'; base-uri 'none'; form-action 'none'");
    policy
}

/// 20251230 as 2025-12-30.
#[must_use]
pub fn day(day: u32) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day / 10_000,
        day / 100 % 100,
        day % 100
    )
}

/// Text as it may stand between tags and in quoted attributes.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // HTML has no other control characters.
            '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}
