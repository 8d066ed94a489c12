//! Drawings as they are shown small: cut to what is drawn, and with lines that stay dark.
//!
//! A sheet of a patent is mostly paper, and its lines are three pixels wide: shrunk to a tile as it
//! is, it is a grey stain in the middle of white. So tiles show the figures' boxes alone, and lines that were
//! shrunk are darkened.

use std::sync::Arc;

use lookalike_catalog::{Area, Item};
use lookalike_imaging::{Format, RgbImage, drawing_thumbnail, fit_within};

use super::jpeg::jpeg;
use super::thumbnails::THUMBNAIL_QUALITY;
use super::{Content, Picture, Pictures};
use crate::EngineError;

/// White around what is drawn: this part of the longer side of its box.
const MARGIN_PART: u32 = 20;

impl Pictures {
    /// What is drawn on an item, small: JPEG, at most 300 x 300 pixels. The thumbnail of what is no
    /// drawing, or was not taken apart, and of a drawing whose original is gone.
    pub(super) fn drawn(&self, item: &Item) -> Result<Picture, EngineError> {
        match self.drawn_area(item)? {
            Some(area) => self.cut_out(item, area),
            None => self.thumbnail(item),
        }
    }

    /// What is drawn on an item, or all of another picture, as a JPEG within `side * side` pixels.
    ///
    /// # Errors
    /// The original is gone or can't be read any more.
    pub fn within(&self, item: &Item, side: u32) -> Result<Vec<u8>, EngineError> {
        let picture = self.upright(item)?;
        let shown = match self.drawn_area(item)? {
            Some(area) => cut(&picture, area),
            None => picture,
        };
        jpeg(&fit_within(&shown, side), THUMBNAIL_QUALITY)
    }

    /// The box around all figures of an item.
    fn drawn_area(&self, item: &Item) -> Result<Option<Area>, EngineError> {
        let figures = self.boxes_of_item(item)?;
        let areas = figures.into_iter().map(|figure| {
            let [x, y, width, height] = figure.area;
            Area {
                x,
                y,
                width,
                height,
            }
        });
        Ok(areas.reduce(around))
    }

    /// A part of a drawing, small, with some of the sheet around.
    pub(super) fn cut_out(&self, item: &Item, area: Area) -> Result<Picture, EngineError> {
        let key = format!("{} {area:?}", item.content_md5);
        let bytes = match self.thumbnails.get(&key) {
            Some(bytes) => bytes,
            None => {
                let Ok(picture) = self.upright(item) else {
                    // Small and whole says more than nothing.
                    return self.thumbnail(item);
                };
                let small = drawing_thumbnail(&cut(&picture, area));
                let bytes = Arc::new(jpeg(&small, THUMBNAIL_QUALITY)?);
                self.thumbnails.insert(key, Arc::clone(&bytes), bytes.len());
                bytes
            }
        };
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(bytes.to_vec()),
        })
    }
}

/// The smallest area that holds both.
fn around(one: Area, other: Area) -> Area {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    let right = |area: Area| area.x.saturating_add(area.width);
    let bottom = |area: Area| area.y.saturating_add(area.height);
    Area {
        x,
        y,
        width: right(one).max(right(other)) - x,
        height: bottom(one).max(bottom(other)) - y,
    }
}

/// An area with its margin, as far as the picture reaches. The whole, where the picture is another
/// than the one that the area is of.
fn cut(picture: &RgbImage, area: Area) -> RgbImage {
    let margin = area.width.max(area.height).div_ceil(MARGIN_PART);
    let (x, y) = (area.x.saturating_sub(margin), area.y.saturating_sub(margin));
    let end = |start: u32, length: u32, side: u32| {
        start
            .saturating_add(length)
            .saturating_add(margin)
            .min(side)
    };
    let right = end(area.x, area.width, picture.width());
    let bottom = end(area.y, area.height, picture.height());
    let cut = picture.crop(x, y, right.saturating_sub(x), bottom.saturating_sub(y));
    cut.unwrap_or_else(|| picture.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
        Area {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn a_figure_is_cut_with_some_of_what_is_around_it() {
        let picture = RgbImage::filled(400, 300, [255; 3]);
        let sides = |area| {
            let cut = cut(&picture, area);
            (cut.width(), cut.height())
        };
        assert_eq!(sides(area(100, 100, 100, 50)), (110, 60));
        assert_eq!(sides(area(0, 250, 100, 50)), (105, 55));
        assert_eq!(sides(area(5000, 0, 10, 10)), (400, 300));
    }

    #[test]
    fn figures_are_shown_together() {
        let both = around(area(10, 200, 30, 40), area(100, 20, 50, 60));
        assert_eq!(both, area(10, 20, 140, 220));
    }
}
