//! Rows of a bank that belong together: those of the figures of one image.

use lookalike_banks::{Facts, GoodRow};
use lookalike_catalog::{MOST_FIGURES, NewFigure};

/// An image of a bank, with a vector for each of its figures.
#[derive(Debug)]
pub(crate) struct Image {
    /// How problems name it.
    pub(crate) label: String,
    /// Of its first row.
    pub(crate) facts: Facts,
    /// At least one.
    pub(crate) figures: Vec<NewFigure>,
}

/// Gathers rows, which come block by block: the last image of a block may go on in the next.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    /// The image that may go on, with the facts of its last row.
    open: Option<(Image, Facts)>,
}

impl Gathering {
    /// Adds a row; the image before it, if it is whole now.
    pub(crate) fn add(&mut self, row: GoodRow) -> Option<Image> {
        let figure = NewFigure {
            figure: row.facts.figure.clone().unwrap_or_default(),
            vector: row.vector,
        };
        if let Some((image, last)) = &mut self.open
            && row.facts.continues(last)
            && image.figures.len() < MOST_FIGURES
        {
            image.figures.push(figure);
            *last = row.facts;
            return None;
        }
        let image = Image {
            label: row.label,
            facts: row.facts.clone(),
            figures: vec![figure],
        };
        let whole = self.open.replace((image, row.facts));
        whole.map(|(image, _)| image)
    }

    /// The last image.
    pub(crate) fn finish(&mut self) -> Option<Image> {
        self.open.take().map(|(image, _)| image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, figure_index: Option<u8>) -> GoodRow {
        GoodRow {
            label: name.to_owned(),
            facts: Facts {
                file_name: Some(name.to_owned()),
                figure_index,
                ..Facts::default()
            },
            vector: vec![1.0],
        }
    }

    fn gathered(rows: &[(&str, Option<u8>)]) -> Vec<(String, usize)> {
        let mut gathering = Gathering::default();
        let mut images = Vec::new();
        for &(name, index) in rows {
            images.extend(gathering.add(row(name, index)));
        }
        images.extend(gathering.finish());
        let told = images.into_iter();
        told.map(|image| (image.label, image.figures.len()))
            .collect()
    }

    #[test]
    fn figures_of_an_image_go_together_and_other_rows_stand_alone() {
        let rows = [
            ("a", Some(0)),
            ("a", Some(1)),
            ("a", Some(2)),
            ("b", Some(3)),
            ("b", Some(5)),
            ("c", None),
            ("c", None),
            ("c", Some(0)),
            ("c", Some(1)),
        ];
        let expected = [("a", 3), ("b", 1), ("b", 1), ("c", 1), ("c", 1), ("c", 2)];
        let expected = expected.map(|(name, figures)| (name.to_owned(), figures));
        assert_eq!(gathered(&rows), expected);
        assert_eq!(gathered(&[]), []);
    }
}
