//! What a grant says: its claim, and a sentence a figure.

use super::record::Record;
use crate::drawing::{Figure, View};

/// A sentence of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// The number of the figure that it begins with.
    pub(crate) figure: Option<u32>,
    /// What follows that.
    pub(crate) text: String,
}

impl Sentence {
    /// As it is printed.
    pub(crate) fn plain(&self) -> String {
        match self.figure {
            Some(number) => format!("FIG. {number} {}", self.text),
            None => self.text.clone(),
        }
    }
}

impl Record {
    /// The one claim of a design patent.
    pub(crate) fn claim(&self) -> String {
        let noun = with_article(&self.noun);
        format!("The ornamental design for {noun}, as shown and described.")
    }
}

/// What a grant says of its figures; `unclaimed` tells whether broken lines occur in them.
pub(crate) fn sentences(record: &Record, figures: &[Figure], unclaimed: bool) -> Vec<Sentence> {
    let last = figures.len().saturating_sub(1);
    let mut sentences = Vec::new();
    for (index, figure) in figures.iter().enumerate() {
        let what = if index == 0 {
            let noun = with_article(&record.noun);
            let whose = [
                "showing my new design",
                "showing our new design",
                "in accordance with the design",
            ];
            format!("of {noun} {}", whose[record.wording])
        } else {
            "thereof".to_owned()
        };
        let end = if index == last {
            "."
        } else if index + 1 == last {
            "; and,"
        } else {
            ";"
        };
        let view = phrase(figure.view, record.wording);
        sentences.push(Sentence {
            figure: Some(figure.number),
            text: format!("is a {view} {what}{end}"),
        });
    }
    if unclaimed {
        let noun = &record.noun;
        sentences.push(Sentence {
            figure: None,
            text: format!(
                "The broken lines depict portions of the {noun} that form no part of the claimed design."
            ),
        });
    }
    sentences
}

fn with_article(noun: &str) -> String {
    let article = match noun {
        // Spectacles and the like come in pairs.
        _ if noun.ends_with('s') => "",
        _ if noun.starts_with(['a', 'e', 'i', 'o', 'u']) => "an ",
        _ => "a ",
    };
    format!("{article}{noun}")
}

/// How a draughtsman's clerk calls a view.
fn phrase(view: View, wording: usize) -> &'static str {
    let phrases = match view {
        View::Perspective => [
            "perspective view",
            "front perspective view",
            "perspective view",
        ],
        View::Front => [
            "front elevational view",
            "front view",
            "front elevation view",
        ],
        View::Back => ["rear elevational view", "back view", "rear view"],
        View::Left => ["left side elevational view", "left view", "left side view"],
        View::Right => [
            "right side elevational view",
            "right view",
            "right side view",
        ],
        View::Top => ["top plan view", "top view", "top plan view"],
        View::Bottom => ["bottom plan view", "bottom view", "bottom plan view"],
    };
    phrases[wording]
}
