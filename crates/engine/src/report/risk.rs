//! How close a hit is, in three bands.

use lookalike_storage::Metric;

/// A guide for whoever reads a list of hits; no judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Band {
    /// Related at most.
    Low,
    /// Moderately similar.
    Medium,
    /// Near-identical or highly similar.
    High,
}

impl Band {
    pub(super) const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The name in tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// The band of a score: how cosines are read, whatever the encoder. Inner products and distances
/// have no scale of their own, and no band.
pub(super) fn band(metric: Metric, score: f32) -> Option<Band> {
    match metric {
        Metric::Cosine if score >= 0.7 => Some(Band::High),
        Metric::Cosine if score >= 0.5 => Some(Band::Medium),
        Metric::Cosine => Some(Band::Low),
        Metric::InnerProduct | Metric::L2 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_where_the_words_change() {
        let of = |score| band(Metric::Cosine, score);
        let scores = [1.0, 0.9, 0.7, 0.699, 0.5, 0.499, -1.0];
        let bands: Vec<&str> = scores.into_iter().filter_map(of).map(Band::name).collect();
        assert_eq!(
            bands,
            ["high", "high", "high", "medium", "medium", "low", "low"]
        );
        assert_eq!(band(Metric::L2, 0.1), None);
        assert_eq!(band(Metric::InnerProduct, 0.9), None);
    }
}
