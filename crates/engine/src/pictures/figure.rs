//! Figures of pictures: cut out for people, and found in pictures that are not stored.

use std::sync::Arc;

use lookalike_catalog::{Area, Figure, Item};
use lookalike_imaging::figures::{PageOrientation, UprightSheet};
use lookalike_imaging::{Decoded, Format, RgbImage};

use super::jpeg::{VIEW_QUALITY, jpeg};
use super::{Content, Picture, Pictures, make_thumbnail};
use crate::encoders::choice;
use crate::{EngineError, ErrorKind};

/// White around a figure: this part of the longer side of its box.
const MARGIN_PART: u32 = 20;

/// The figures of a picture, as a search by it takes it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureFigures {
    /// What made the picture upright, in degrees clockwise: 0, 90, 180 or 270.
    pub turn: u32,
    /// Pixels of the upright picture.
    pub width: u32,
    /// Pixels of the upright picture.
    pub height: u32,
    /// Of a drawing by the numbers of their captions; of a photo the things that stand apart on a
    /// plain ground. None where the picture is one thing.
    pub figures: Vec<PictureFigure>,
}

/// A figure of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureFigure {
    /// Which row of the item it is, from 0, or would be. The whole of a sheet with several figures
    /// comes before them.
    pub index: u8,
    /// Number in its caption, such as `4A`.
    pub number: Option<String>,
    /// The caption, such as `FIG. 4A`.
    pub label: Option<String>,
    /// `perspective`, `front`, ...; null where nothing is known of it.
    pub view: Option<String>,
    /// `[x, y, width, height]` in pixels of the upright picture.
    pub area: [u32; 4],
}

impl PictureFigure {
    /// `None` for the whole.
    pub(crate) fn new(index: u8, figure: &Figure) -> Option<Self> {
        let area = figure.area?;
        Some(Self {
            index,
            number: figure.number.clone(),
            label: figure.label.clone(),
            view: figure.view.clone(),
            area: [area.x, area.y, area.width, area.height],
        })
    }
}

impl Pictures {
    /// The figures of a picture that is not stored.
    ///
    /// # Errors
    /// The bytes are not a picture that can be read.
    pub fn figures(&self, bytes: &[u8]) -> Result<PictureFigures, EngineError> {
        let sheet = self.sheet(bytes)?;
        let figures = choice(&sheet.layout);
        let figures = figures
            .iter()
            .filter_map(|(row, figure)| PictureFigure::new(*row, figure));
        Ok(PictureFigures {
            turn: sheet.turn.degrees(),
            width: sheet.image.width(),
            height: sheet.image.height(),
            figures: figures.collect(),
        })
    }

    /// The figures of an item, as they were found when it was embedded.
    ///
    /// # Errors
    /// There is no such item, or the catalogue can't be read.
    pub fn figures_of_item(&self, id: u64) -> Result<PictureFigures, EngineError> {
        let item = self.stores.item(id)?;
        let catalog = self.stores.catalog();
        let collection = catalog.collection(&item.collection)?;
        let count = catalog.embeddings_of_item(&collection, id)?.len();
        let rows: Vec<(u64, u8)> = (0..=u8::MAX).take(count).map(|row| (id, row)).collect();
        let figures = catalog.figures(&rows)?;
        let figures = rows
            .iter()
            .filter_map(|row| PictureFigure::new(row.1, figures.get(row)?));
        Ok(PictureFigures {
            turn: item.turn.unwrap_or_default().degrees(),
            width: item.width,
            height: item.height,
            figures: figures.collect(),
        })
    }

    /// A picture that is not stored, upright.
    fn sheet(&self, bytes: &[u8]) -> Result<UprightSheet, EngineError> {
        Ok(upright_sheet(self.stores.decode(bytes)?))
    }

    /// The original of an item, as it is shown.
    pub(crate) fn upright(&self, item: &Item) -> Result<RgbImage, EngineError> {
        let decoded = self.decoded(item)?;
        Ok(decoded.image.turned(item.turn.unwrap_or_default()))
    }

    /// The original of an item as it is shown, or the box of one of its figures alone.
    pub(crate) fn part(&self, item: &Item, figure: Option<u8>) -> Result<RgbImage, EngineError> {
        let picture = self.upright(item)?;
        let area = match figure {
            Some(index) => self.figure_of(item, index)?.area,
            None => None,
        };
        let cut = area.and_then(|area| picture.crop(area.x, area.y, area.width, area.height));
        Ok(cut.unwrap_or(picture))
    }

    fn figure_of(&self, item: &Item, index: u8) -> Result<Figure, EngineError> {
        let id = item.id.unsigned_abs();
        let mut figures = self.stores.catalog().figures(&[(id, index)])?;
        figures.remove(&(id, index)).ok_or_else(|| {
            EngineError::new(
                ErrorKind::NotFound,
                format!("item {id} has no figure {index}; they are counted from 0"),
            )
        })
    }

    /// The box of one figure of an item, as a JPEG.
    pub(super) fn full_figure(&self, item: &Item, index: u8) -> Result<Picture, EngineError> {
        Ok(Picture {
            mime: Format::Jpeg.mime(),
            content: Content::Bytes(jpeg(&self.part(item, Some(index))?, VIEW_QUALITY)?),
        })
    }

    /// One figure of an item, small: JPEG, at most 300 x 300 pixels, with some of the sheet around.
    pub(super) fn figure(&self, item: &Item, index: u8) -> Result<Picture, EngineError> {
        let Some(area) = self.figure_of(item, index)?.area else {
            return self.thumbnail(item);
        };
        let key = format!("{} {area:?}", item.content_md5);
        let bytes = match self.thumbnails.get(&key) {
            Some(bytes) => bytes,
            None => {
                let bytes = Arc::new(make_thumbnail(&cut(&self.upright(item)?, area))?);
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

/// A picture that is not stored, upright.
pub(super) fn upright_sheet(decoded: Decoded) -> UprightSheet {
    let known = decoded.page_orientation.map(PageOrientation::turn);
    UprightSheet::new(decoded.image, known)
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

    #[test]
    fn a_figure_is_cut_with_some_of_what_is_around_it() {
        let picture = RgbImage::filled(400, 300, [255; 3]);
        let area = |x, y, width, height| Area {
            x,
            y,
            width,
            height,
        };
        let sides = |area| {
            let cut = cut(&picture, area);
            (cut.width(), cut.height())
        };
        assert_eq!(sides(area(100, 100, 100, 50)), (110, 60));
        assert_eq!(sides(area(0, 250, 100, 50)), (105, 55));
        assert_eq!(sides(area(5000, 0, 10, 10)), (400, 300));
    }
}
