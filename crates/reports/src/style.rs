//! How a report looks, on screen and on paper.

use std::sync::LazyLock;

use crate::document::policy_of;

/// The style sheet. Lengths that matter in print are in millimetres; no size of paper is named, so
/// that A4 and Letter both get their own margins. Bands differ by words and by lightness as well
/// as by hue.
pub(crate) const STYLE: &str = include_str!("style.css");

static POLICY: LazyLock<String> = LazyLock::new(|| policy_of(STYLE));

/// What a browser may load for a report: its own style and the pictures inside it, nothing else.
#[must_use]
pub fn content_security_policy() -> &'static str {
    &POLICY
}
