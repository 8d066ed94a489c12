//! How a model's cosine scores are read: from which score on two pictures are called what.
//!
//! Scores of one model mean something else than those of another, so the bounds belong to the
//! model. A model that says nothing has the bounds of the documentation.

use std::collections::BTreeMap;

use crate::text::Sigmoid;

/// Lower bounds of a model's scores, from the closest on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    bounds: [f32; 4],
}

/// A bound that says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadBound {
    /// Name and value.
    pub(crate) found: String,
    /// What would be accepted.
    pub(crate) expected: String,
}

/// How alike two pictures are, from the closest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// The same but for small differences.
    NearIdentical,
    /// Highly similar.
    High,
    /// Moderately similar.
    Moderate,
    /// Weakly similar.
    Weak,
    /// Hardly related.
    Hardly,
}

impl Band {
    /// All of them, from the closest on.
    pub const ALL: [Self; 5] = [
        Self::NearIdentical,
        Self::High,
        Self::Moderate,
        Self::Weak,
        Self::Hardly,
    ];

    /// Those with a lower bound.
    const BOUNDED: [Self; 4] = [Self::NearIdentical, Self::High, Self::Moderate, Self::Weak];

    /// The name in `config.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NearIdentical => "near_identical",
            Self::High => "high",
            Self::Moderate => "moderate",
            Self::Weak => "weak",
            Self::Hardly => "hardly",
        }
    }
}

impl Default for Bands {
    fn default() -> Self {
        Self {
            bounds: [0.9, 0.7, 0.5, 0.3],
        }
    }
}

/// From which probability on words and a picture are held to belong together closely, well, perhaps
/// and hardly: a model that was trained to tell gives most pairs of others less than the last.
const PROBABILITIES: [f32; 4] = [0.9, 0.5, 0.1, 0.01];

impl Bands {
    /// Those of a model that gives cosines a probability.
    #[must_use]
    pub fn of_probabilities(sigmoid: Sigmoid) -> Self {
        Self {
            bounds: PROBABILITIES.map(|probability| sigmoid.cosine(probability)),
        }
    }

    /// Bands with these lower bounds by name; those not named have the default's.
    ///
    /// # Errors
    /// A name that is not a band, a bound that is not a cosine, or bounds that do not fall from one
    /// band to the next.
    pub(crate) fn from_bounds(named: &BTreeMap<String, f32>) -> Result<Self, BadBound> {
        let bad = |name: &str, bound: f32, expected| BadBound {
            found: format!("{name} {bound}"),
            expected,
        };
        let mut bands = Self::default();
        for (name, &bound) in named {
            let known = Band::BOUNDED.iter().position(|band| band.name() == name);
            let Some(index) = known else {
                let names = Band::BOUNDED.map(Band::name).join(", ");
                return Err(bad(name, bound, format!("a bound of one of {names}")));
            };
            if !(-1.0..=1.0).contains(&bound) {
                return Err(bad(name, bound, "-1 to 1".to_owned()));
            }
            bands.bounds[index] = bound;
        }
        for (index, pair) in bands.bounds.windows(2).enumerate() {
            if pair[0] <= pair[1] {
                let below = Band::BOUNDED[index + 1].name();
                let expected = format!("more than {}, where {below} begins", pair[1]);
                return Err(bad(Band::BOUNDED[index].name(), pair[0], expected));
            }
        }
        Ok(bands)
    }

    /// The band that a cosine score lies in.
    #[must_use]
    pub fn of(&self, score: f32) -> Band {
        let found = self.bounds.iter().position(|&bound| score >= bound);
        found.map_or(Band::Hardly, |index| Band::BOUNDED[index])
    }

    /// The lower bound of each band that has one, from the closest on.
    pub fn bounds(&self) -> impl Iterator<Item = (Band, f32)> {
        Band::BOUNDED.into_iter().zip(self.bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bounds: &[(&str, f32)]) -> Result<Bands, BadBound> {
        let named = bounds.iter().map(|&(name, bound)| (name.to_owned(), bound));
        Bands::from_bounds(&named.collect())
    }

    #[test]
    fn a_band_begins_at_its_bound() {
        let bands = Bands::default();
        let scores = [1.0, 0.9, 0.899, 0.7, 0.5, 0.3, 0.299, -1.0];
        let names = scores.map(|score| bands.of(score).name());
        let expected = [
            "near_identical",
            "near_identical",
            "high",
            "high",
            "moderate",
            "weak",
            "hardly",
            "hardly",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_model_may_move_some() {
        let bands = read(&[("high", 0.62), ("weak", 0.1)]).unwrap();
        let bounds: Vec<(&str, f32)> = bands.bounds().map(|(b, at)| (b.name(), at)).collect();
        let expected = [
            ("near_identical", 0.9),
            ("high", 0.62),
            ("moderate", 0.5),
            ("weak", 0.1),
        ];
        assert_eq!(bounds, expected);
    }

    #[test]
    fn bounds_that_say_nothing_are_refused() {
        for (bounds, found, expected) in [
            (
                &[("highly", 0.8)][..],
                "highly 0.8",
                "a bound of one of near_identical, ",
            ),
            (
                &[("hardly", 0.0)],
                "hardly 0",
                "a bound of one of near_identical, ",
            ),
            (&[("high", 1.5)], "high 1.5", "-1 to 1"),
            (&[("high", f32::NAN)], "high NaN", "-1 to 1"),
            (
                &[("weak", 0.5)],
                "moderate 0.5",
                "more than 0.5, where weak begins",
            ),
            (
                &[("high", 0.4)],
                "high 0.4",
                "more than 0.5, where moderate begins",
            ),
        ] {
            let error = read(bounds).unwrap_err();
            assert_eq!(error.found, found);
            assert!(error.expected.starts_with(expected), "{error:?}");
        }
    }
}
