//! How a model's first score and the agreement of local evidence become one score.
//!
//! Both are mixed with one weight, and the mixture is brought back to the scale of the model's own
//! scores, so that its [`Bands`](crate::Bands) go on meaning what they mean. Weight and scale belong
//! to a model: another's scores are spread in another way.

use serde::Deserialize;

/// Points of the scale, at most.
const MOST_POINTS: usize = 64;

/// The block `second_look` of a `config.json`.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondLook {
    weight: f32,
    /// Mixtures and the scores that they stand for, both rising.
    scale: Vec<[f32; 2]>,
}

#[derive(Deserialize)]
pub(crate) struct SecondLookFile {
    weight: f32,
    scale: Vec<[f32; 2]>,
}

/// A setting that means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadSetting {
    pub(crate) setting: &'static str,
    pub(crate) found: String,
    pub(crate) expected: String,
}

impl SecondLook {
    /// # Errors
    /// The weight is not above 0, or the scale does not rise.
    pub(crate) fn from_file(file: SecondLookFile) -> Result<Self, BadSetting> {
        let SecondLookFile { weight, scale } = file;
        if !(weight.is_finite() && weight > 0.0) {
            return Err(BadSetting {
                setting: "lookalike.second_look.weight",
                found: weight.to_string(),
                expected: "a number above 0".to_owned(),
            });
        }
        let bad_scale = |found: String, expected: String| {
            Err(BadSetting {
                setting: "lookalike.second_look.scale",
                found,
                expected,
            })
        };
        if !(2..=MOST_POINTS).contains(&scale.len()) {
            let expected = format!("2 to {MOST_POINTS} of them");
            return bad_scale(format!("{} points", scale.len()), expected);
        }
        let rises = |pair: &[[f32; 2]]| pair[0][0] < pair[1][0] && pair[0][1] < pair[1][1];
        let are_finite = scale.as_flattened().iter().all(|value| value.is_finite());
        if !are_finite || !scale.windows(2).all(rises) {
            let expected = "numbers that rise from point to point".to_owned();
            return bad_scale(format!("{scale:?}"), expected);
        }
        Ok(Self { weight, scale })
    }

    /// The score of a picture with this first score and this agreement, 0 to 1: both mixed,
    /// `(first + weight * agreement) / (1 + weight)`, and read off the scale, which is straight
    /// between its points and goes on straight beyond them. Rises with either.
    #[must_use]
    pub fn score(&self, first: f32, agreement: f32) -> f32 {
        let mixture = (first + self.weight * agreement) / (1.0 + self.weight);
        let above = self.scale.iter().position(|point| mixture < point[0]);
        let end = above.unwrap_or(self.scale.len() - 1).max(1);
        let [[x0, y0], [x1, y1]] = [self.scale[end - 1], self.scale[end]];
        y0 + (mixture - x0) / (x1 - x0) * (y1 - y0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(weight: f32, scale: &[[f32; 2]]) -> Result<SecondLook, BadSetting> {
        SecondLook::from_file(SecondLookFile {
            weight,
            scale: scale.to_vec(),
        })
    }

    #[test]
    fn scores_lie_on_the_lines_between_points_and_beyond() {
        let look = read(1.0, &[[0.2, 0.4], [0.6, 0.5], [1.0, 1.0]]).unwrap();
        for (first, agreement, expected) in [
            (1.0, 1.0, 1.0),
            (0.8, 0.4, 0.5),
            (0.3, 0.1, 0.4),
            (0.5, 0.3, 0.45),
            (1.0, 0.6, 0.75),
            (-0.2, 0.2, 0.35),
        ] {
            let score = look.score(first, agreement);
            assert!(
                (score - expected).abs() < 1e-6,
                "{first} {agreement}: {score}"
            );
        }
    }

    #[test]
    fn settings_that_mean_nothing_are_refused() {
        for (weight, scale, expected) in [
            (0.0, &[[0.0, 0.0], [1.0, 1.0]][..], "weight"),
            (f32::NAN, &[[0.0, 0.0], [1.0, 1.0]], "weight"),
            (1.0, &[[0.0, 0.0]], "scale"),
            (1.0, &[[0.0, 0.0], [0.0, 1.0]], "scale"),
            (1.0, &[[0.0, 0.5], [1.0, 0.5]], "scale"),
            (1.0, &[[0.0, 0.0], [1.0, f32::INFINITY]], "scale"),
        ] {
            let error = read(weight, scale).unwrap_err();
            assert!(error.setting.ends_with(expected), "{error:?}");
        }
    }
}
