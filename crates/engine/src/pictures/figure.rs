//! Figures of pictures: cut out for people, and found in pictures that are not stored.

use lookalike_catalog::{Figure, Item};
use lookalike_imaging::figures::{PageOrientation, UprightSheet};
use lookalike_imaging::{Decoded, Format, RgbImage};

use super::jpeg::{VIEW_QUALITY, jpeg};
use super::{Content, Picture, Pictures};
use crate::encoders::choice;
use crate::{EngineError, ErrorKind};

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
        Ok(PictureFigures {
            turn: item.turn.unwrap_or_default().degrees(),
            width: item.width,
            height: item.height,
            figures: self.boxes_of_item(&item)?,
        })
    }

    /// The same, without the sheet around.
    pub(super) fn boxes_of_item(&self, item: &Item) -> Result<Vec<PictureFigure>, EngineError> {
        let id = item.id.unsigned_abs();
        let catalog = self.stores.catalog();
        let collection = catalog.collection(&item.collection)?;
        let count = catalog.embeddings_of_item(&collection, id)?.len();
        let rows: Vec<(u64, u8)> = (0..=u8::MAX).take(count).map(|row| (id, row)).collect();
        let figures = catalog.figures(&rows)?;
        let figures = rows
            .iter()
            .filter_map(|row| PictureFigure::new(row.1, figures.get(row)?));
        Ok(figures.collect())
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
    ///
    /// # Errors
    /// The original is gone or can't be read, or the item has no such figure.
    pub fn part(&self, item: &Item, figure: Option<u8>) -> Result<RgbImage, EngineError> {
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
        match self.figure_of(item, index)?.area {
            Some(area) => self.cut_out(item, area),
            None => self.thumbnail(item),
        }
    }
}

/// A picture that is not stored, upright.
pub(super) fn upright_sheet(decoded: Decoded) -> UprightSheet {
    let known = decoded.page_orientation.map(PageOrientation::turn);
    UprightSheet::new(decoded.image, known)
}
