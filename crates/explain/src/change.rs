//! What made the item's picture of the query's, as the places that a second look compares have it.

use lookalike_encoders::Tokens;
use lookalike_evidence::{Evidence, Grid, Pair, Transform};

use super::Seen;
use super::matches::{Correspondence, MOST_POINTS};
use lookalike_engine::EngineError;

/// Scales and turns this near to none go unsaid.
const SAME_SCALE: f64 = 0.15;
const SAME_TURN_DEGREES: f64 = 12.0;

/// How the item's picture differs from the query's, both as the encoder sees them.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Whether it is mirrored, left for right, before it is turned.
    pub mirrored: bool,
    /// What it is turned by, clockwise, in degrees from 0 up to 360.
    pub turned_degrees: f64,
    /// What its lengths are multiplied by.
    pub scale: f64,
    /// Where its middle is, seen from the middle, in sides of the picture: to the right and down.
    pub shift: [f64; 2],
    /// Pairs of places that agree on this.
    pub agreeing: usize,
    /// Pairs of places that are each other's most similar.
    pub pairs: usize,
    /// The same in words: `mirrored, turned by 90 degrees`, or `in the same place`.
    pub words: String,
}

/// The change that the matched places of two pictures agree on, and the best of those that do; `None`
/// where too few agree on any, as with photos, which have no evidence.
pub(super) fn change(
    query: (&Seen, &Tokens),
    item: (&Seen, &Tokens),
) -> Result<Option<(Change, Vec<Correspondence>)>, EngineError> {
    let pairs = evidence(query)?.pairs(&evidence(item)?);
    let Some(transform) = Transform::of(&pairs) else {
        return Ok(None);
    };
    let mut agreeing: Vec<&Pair> = transform.agreeing.iter().map(|&i| &pairs[i]).collect();
    agreeing.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    let points = agreeing
        .iter()
        .take(MOST_POINTS)
        .map(|pair| Correspondence {
            query: query.0.place(pair.from),
            item: item.0.place(pair.to),
            similarity: pair.similarity,
        });
    let points = points.collect();
    let hundredths = |value: f32| (f64::from(value) * 100.0).round() / 100.0;
    let mut change = Change {
        mirrored: transform.is_mirrored,
        turned_degrees: f64::from(transform.turned_degrees.round()) % 360.0,
        scale: hundredths(transform.scale),
        shift: transform.shift.map(hundredths),
        agreeing: transform.agreeing.len(),
        pairs: pairs.len(),
        words: String::new(),
    };
    change.words = words(&change);
    Ok(Some((change, points)))
}

fn evidence((seen, tokens): (&Seen, &Tokens)) -> Result<Evidence, EngineError> {
    let grid = Grid {
        rows: tokens.rows,
        columns: tokens.cols,
        dim: tokens.dim,
        tokens: &tokens.patches,
    };
    Evidence::of(&grid, &seen.prepared)
        .map_err(|error| EngineError::invalid(error.to_string()).because(error))
}

fn words(change: &Change) -> String {
    let mut parts = Vec::new();
    if change.mirrored {
        parts.push("mirrored".to_owned());
    }
    let turned = change.turned_degrees;
    if turned.min(360.0 - turned) > SAME_TURN_DEGREES {
        parts.push(format!("turned by {turned:.0} degrees"));
    }
    if (change.scale - 1.0).abs() > SAME_SCALE {
        parts.push(format!("{} times the size", change.scale));
    }
    if parts.is_empty() {
        parts.push("in the same place".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_said() {
        let change = |mirrored, turned_degrees, scale| Change {
            mirrored,
            turned_degrees,
            scale,
            shift: [0.0; 2],
            agreeing: 7,
            pairs: 9,
            words: String::new(),
        };
        for (change, expected) in [
            (change(false, 0.0, 1.1), "in the same place"),
            (change(false, 355.0, 1.0), "in the same place"),
            (change(true, 91.0, 1.0), "mirrored, turned by 91 degrees"),
            (
                change(false, 180.0, 0.5),
                "turned by 180 degrees, 0.5 times the size",
            ),
        ] {
            assert_eq!(words(&change), expected);
        }
    }
}
