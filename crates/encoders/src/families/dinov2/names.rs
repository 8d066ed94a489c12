//! Names of tensors.
//!
//! Files on the hub, and those that transformers writes, use one set of names; the modules of
//! transformers 5 another, which ends up in archives of a state dictionary. Both are read. The
//! first is the canonical one, used in messages.

use crate::weights::Weights;

/// Tail of the name that every DINOv2 has; what stands in front of it is the prefix.
pub(crate) const PATCH_WEIGHT: &str = "embeddings.patch_embeddings.projection.weight";

/// Canonical and newer names within a layer.
const SYNONYMS: [(&str, &str); 4] = [
    ("attention.attention.query", "attention.q_proj"),
    ("attention.attention.key", "attention.k_proj"),
    ("attention.attention.value", "attention.v_proj"),
    ("attention.output.dense", "attention.o_proj"),
];

/// Names with the prefix of one file, such as `dinov2.` of a classifier.
#[derive(Debug)]
pub(crate) struct Names {
    prefix: String,
}

impl Names {
    /// Finds the prefix; none if the weights have no patch embedding.
    pub(crate) fn find(weights: &Weights) -> Option<Self> {
        // The shortest one, should a file hold two models.
        let prefix = weights
            .names()
            .filter_map(|name| name.strip_suffix(PATCH_WEIGHT))
            .min_by_key(|p| p.len())?;
        Some(Self {
            prefix: prefix.into(),
        })
    }

    /// Without a prefix, for weights in which none can be found.
    pub(crate) fn bare() -> Self {
        Self {
            prefix: String::new(),
        }
    }

    /// Full name of a tensor outside the layers.
    pub(crate) fn top(&self, tail: &str) -> String {
        format!("{}{tail}", self.prefix)
    }

    /// Full name of a tensor of layer `index`, in the form that `weights` has.
    pub(crate) fn layer(&self, weights: &Weights, index: usize, tail: &str) -> String {
        let name = self.top(&format!("encoder.layer.{index}.{tail}"));
        if !weights.contains(&name) {
            for (canonical, newer) in SYNONYMS {
                let other = name.replacen(canonical, newer, 1);
                if weights.contains(&other) {
                    return other;
                }
            }
        }
        name
    }
}
