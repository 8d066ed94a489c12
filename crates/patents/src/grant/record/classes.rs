//! Lists that a grant repeats itself in: classes, places searched, figures.

use super::super::Figure;
use super::super::entities::shortened;
use super::super::tag::Tag;
use super::{MAX_LIST, Record};
use crate::canonical_loc_class;
use crate::us_class::us_class_of_columns;

/// What is kept of texts about one figure, beyond the first.
const MAX_DESCRIPTION_BYTES: usize = 2_000;

impl Record {
    pub(super) fn set_locarno(&mut self, field: Tag, text: &str) {
        let Some(class) = canonical_loc_class(text) else {
            self.warn(format!(
                "`{}` is not a Locarno class such as 10-02; it was left out",
                shortened(text)
            ));
            return;
        };
        if field == Tag::MainClassification && self.loc_class.is_none() {
            self.loc_class = Some(class);
        } else if self.further_loc_classes.len() < MAX_LIST
            && !self.further_loc_classes.contains(&class)
        {
            self.further_loc_classes.push(class);
        }
    }

    pub(super) fn set_us_class(&mut self, field: Tag, text: &str) {
        let Some(class) = us_class_of_columns(text) else {
            self.warn(format!(
                "`{}` is not a US class such as D14/486; it was left out",
                shortened(text)
            ));
            return;
        };
        if field == Tag::MainClassification && self.us_class.is_none() {
            self.us_class = Some(class);
        } else if self.further_us_classes.len() < MAX_LIST
            && !self.further_us_classes.contains(&class)
        {
            self.further_us_classes.push(class);
        }
    }

    pub(super) fn add_to_field_of_search(&mut self, class: String) {
        if self.field_of_search.len() < MAX_LIST && !self.field_of_search.contains(&class) {
            self.field_of_search.push(class);
        }
    }

    /// A figure that is described again has both texts, and the view that comes first.
    pub(super) fn add_figure(&mut self, figure: Figure) {
        let mut known = self.figures.iter();
        let known = known.position(|known| known.label == figure.label);
        if let Some(known) = known.and_then(|place| self.figures.get_mut(place)) {
            if known.description.len() < MAX_DESCRIPTION_BYTES {
                known.description.push_str("; ");
                known.description.push_str(&figure.description);
            }
            known.view = known.view.or(figure.view);
        } else if self.figures.len() < MAX_LIST {
            self.figures.push(figure);
        }
    }
}
