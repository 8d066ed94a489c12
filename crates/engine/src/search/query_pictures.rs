//! The pictures of queries, as they came or as they are stored.

use std::sync::Arc;

use lookalike_catalog::Turn;
use lookalike_imaging::figures::{PageOrientation, Part, SheetKind, UprightSheet};
use lookalike_imaging::photo::{Form, PreparedPhoto};
use lookalike_imaging::{
    EncodeError, Pose, PreprocessKind, RgbImage, encode_jpeg, fit_within, probe,
};

use super::description::QueryKind;
use super::found::Asked;
use super::kept::KeptQuery;
use super::mode::Mode;
use super::past::PastSearch;
use super::poses::{Poses, Sort};
use super::region::Region;
use super::request::{Query, SearchRequest};
use crate::encoders::figure_of;
use crate::pictures::Pictures;
use crate::{Encoder, EngineError, ErrorKind, Stores};

const THUMBNAIL_QUALITY: u8 = 80;

/// The pictures of one search may have as many pixels together as this many pictures of the most
/// pixels: sixteen sheets of 400 dpi.
const PICTURES_OF_MOST_PIXELS: u64 = 2;

/// Figures times poses up to which figures too are asked with in every pose: seven figures in eight.
const MOST_POSED: usize = 64;

/// A decoded picture that is searched for.
pub(super) struct QueryPicture {
    /// As its file holds it.
    image: RgbImage,
    /// What makes it upright, where that is known.
    known: Option<Turn>,
    /// Whether its file or its grant says which way up it is.
    is_told: bool,
    seen_as: SeenAs,
    /// What was wrong with its file although it could be read.
    pub(super) warnings: Vec<String>,
}

/// How people see a picture, which regions are parts of.
#[derive(Clone, Copy)]
enum SeenAs {
    /// As a preview shows a file: turned by what is known of it or by its captions.
    Sent,
    /// As the item is shown.
    Stored(Turn),
}

impl QueryPicture {
    /// As people see it.
    fn upright(self) -> RgbImage {
        match self.seen_as {
            SeenAs::Sent => UprightSheet::new(self.image, self.known).image,
            SeenAs::Stored(turn) => self.image.turned(turn),
        }
    }

    /// What of it is embedded: the whole and its figures, or the region alone. A region that is a
    /// figure's box is that figure, cut out as at import.
    pub(super) fn inputs(
        &self,
        region: Option<Region>,
        encoder: &Encoder,
        mode: Mode,
    ) -> Result<QueryInputs, EngineError> {
        let region = region.filter(|region| !region.is_whole());
        let finds_figures = encoder.preprocessor().kind() == PreprocessKind::Figure;
        let is_looked_at = finds_figures || mode != Mode::Auto;
        if region.is_none() && !is_looked_at {
            return Ok(QueryInputs {
                forms: vec![(Form::AsIs, encoder.inputs(self.image.clone(), self.known)?)],
                sort: Sort::Other,
            });
        }
        let known = match self.seen_as {
            SeenAs::Stored(turn) if region.is_some() => Some(turn),
            _ => self.known,
        };
        let sheet = UprightSheet::new(self.image.clone(), known);
        let sort = match sheet.layout.kind {
            SheetKind::Drawing if !finds_figures => Sort::Other,
            SheetKind::Drawing if self.is_told || sheet.layout.turn.is_some() => {
                Sort::UprightDrawing
            }
            SheetKind::Drawing => Sort::Drawing,
            SheetKind::Picture => Sort::Other,
        };
        let is_photo = sheet.layout.kind == SheetKind::Picture && is_looked_at;
        let forms = if is_photo {
            mode.of_photo()
        } else {
            &[Form::AsIs]
        };
        let mut inputs = Vec::new();
        if forms.contains(&Form::AsIs) {
            let parts = match region {
                Some(region) => vec![region_input(&sheet, region, encoder)?],
                None if finds_figures => {
                    let parts = encoder.parts(&sheet)?.into_iter();
                    parts.map(|part| part.input).collect()
                }
                None => encoder.inputs(self.image.clone(), self.known)?,
            };
            inputs.push((Form::AsIs, parts));
        }
        if forms != [Form::AsIs] {
            let photo = match region {
                Some(region) => PreparedPhoto::new(&region.crop(&sheet.image)?),
                None => PreparedPhoto::new(&sheet.image),
            };
            // Where nothing could be cut out, that form is the photo again.
            if forms.contains(&Form::CutOut) && photo.is_cut {
                inputs.push((Form::CutOut, vec![encoder.prepare(&photo.cut_out)?]));
            }
            if forms.contains(&Form::Drawing) {
                inputs.push((Form::Drawing, vec![encoder.prepare(&photo.drawing)?]));
            }
        }
        Ok(QueryInputs {
            forms: inputs,
            sort,
        })
    }
}

/// The part of an upright sheet that a region is, as the encoder takes it.
fn region_input(
    sheet: &UprightSheet,
    region: Region,
    encoder: &Encoder,
) -> Result<RgbImage, EngineError> {
    let (width, height) = (sheet.image.width(), sheet.image.height());
    let chosen = (0..sheet.layout.figures.len()).find(|&index| {
        let area = figure_of(&sheet.layout, index).and_then(|figure| figure.area);
        area.is_some_and(|area| region.is_area(area, width, height))
    });
    match chosen {
        Some(index) if encoder.preprocessor().kind() == PreprocessKind::Figure => {
            encoder.part(sheet, Part::Figure(index))
        }
        _ => encoder.prepare(&region.crop(&sheet.image)?),
    }
}

fn jpeg_within(picture: &RgbImage, side: u32) -> Result<Vec<u8>, EngineError> {
    encode_jpeg(&fit_within(picture, side), THUMBNAIL_QUALITY).map_err(|error: EncodeError| {
        EngineError::new(ErrorKind::Internal, error.to_string()).because(error)
    })
}

/// What of a query picture is embedded.
pub(super) struct QueryInputs {
    /// The forms that it is asked in, each with its parts, the whole first.
    forms: Vec<(Form, Vec<RgbImage>)>,
    sort: Sort,
}

impl QueryInputs {
    /// The same in each of the poses that are asked for: of sheets with very many figures only the
    /// whole, but for the picture as it came.
    ///
    /// Model inputs are laid down anew, not pictures: what was found of a sheet's captions and
    /// figures is as good in every pose.
    pub(super) fn posed(self, poses: Poses) -> Vec<(Asked, Vec<RgbImage>)> {
        let poses = poses.of(self.sort);
        let mut posed = Vec::new();
        for (form, parts) in self.forms {
            let are_few = parts.len() * poses.len() <= MOST_POSED;
            for &pose in poses {
                let is_all = are_few || pose == Pose::UPRIGHT;
                let count = if is_all { parts.len() } else { 1 };
                let parts = parts.iter().take(count).cloned();
                let parts = parts.map(|part| pose.apply(part)).collect();
                posed.push((Asked { form, pose }, parts));
            }
        }
        posed
    }
}

/// Finds the pictures of queries. Cloning is cheap.
#[derive(Clone)]
pub struct QueryPictures {
    stores: Arc<Stores>,
    pictures: Arc<Pictures>,
}

impl QueryPictures {
    pub(crate) fn new(stores: Arc<Stores>, pictures: Arc<Pictures>) -> Self {
        Self { stores, pictures }
    }

    /// The picture of a query as people see it, cut to its region.
    ///
    /// # Errors
    /// There is no such query, it has no picture, or its picture is gone or can't be read.
    pub fn shown(&self, request: &SearchRequest, position: usize) -> Result<RgbImage, EngineError> {
        let picture = self.picture(request, position)?.upright();
        match request.region(position) {
            Some(region) => region.crop(&picture),
            None => Ok(picture),
        }
    }

    /// The picture of a query. It holds its share of the memory for pixels: it has to go before the
    /// next is asked for.
    pub(super) fn picture(
        &self,
        request: &SearchRequest,
        position: usize,
    ) -> Result<QueryPicture, EngineError> {
        match request.queries.get(position) {
            Some(Query::Image(file)) => {
                let decoded = self.stores.decode_page(&file.bytes, file.page.as_ref())?;
                Ok(QueryPicture {
                    image: decoded.image,
                    known: decoded.page_orientation.map(PageOrientation::turn),
                    is_told: decoded.page_orientation.is_some(),
                    seen_as: SeenAs::Sent,
                    warnings: decoded.warnings,
                })
            }
            Some(Query::Item(id)) => self.item_picture(*id),
            Some(Query::Kept(KeptQuery {
                kind: QueryKind::Item,
                id: Some(id),
                ..
            })) => self.item_picture(*id),
            Some(Query::Kept(kept)) if kept.kind == QueryKind::Picture => Err(EngineError::new(
                ErrorKind::NotFound,
                "the picture of this search is not kept any more; search with it again",
            )),
            Some(Query::Vector(_) | Query::Words(_) | Query::Kept(_)) => {
                Err(EngineError::invalid("a vector has no picture"))
            }
            None => Err(EngineError::invalid(format!(
                "the search has no query {position}; they are counted from 0"
            ))),
        }
    }

    /// Refuses a request whose pictures have too many pixels together: a few bytes can stand for
    /// seconds of decoding.
    pub(super) fn check_pixels(&self, request: &SearchRequest) -> Result<(), EngineError> {
        let limits = self.stores.limits();
        let most = limits.max_pixels.saturating_mul(PICTURES_OF_MOST_PIXELS);
        let pixels = |query: &Query| match query {
            // What can't be read is refused when it is decoded.
            Query::Image(file) => probe(&file.bytes, limits).map_or(0, |header| {
                u64::from(header.width) * u64::from(header.height)
            }),
            _ => 0,
        };
        let all: u64 = request.queries.iter().map(pixels).sum();
        if all <= most {
            return Ok(());
        }
        let megapixels = |pixels: u64| pixels.div_ceil(1_000_000);
        Err(EngineError::new(
            ErrorKind::TooLarge,
            format!(
                "the pictures of this search have {} megapixels together, above the limit of {}; \
                 search with fewer or smaller ones",
                megapixels(all),
                megapixels(most)
            ),
        ))
    }

    fn item_picture(&self, id: u64) -> Result<QueryPicture, EngineError> {
        let item = self.stores.item(id)?;
        let decoded = self.pictures.decoded(&item)?;
        let stored = decoded.page_orientation.map(PageOrientation::turn);
        Ok(QueryPicture {
            image: decoded.image,
            known: item.turn.or(stored),
            // An import that looked at a sheet and was told nothing leaves it as it is.
            is_told: stored.is_some() || item.turn.is_some_and(|turn| turn != Turn::None),
            seen_as: SeenAs::Stored(item.turn.unwrap_or_default()),
            warnings: decoded.warnings,
        })
    }

    /// A JPEG of a query's picture within `side * side` pixels; none of a vector.
    ///
    /// # Errors
    /// The picture is not kept any more, or can't be read.
    pub fn thumbnail(
        &self,
        past: &PastSearch,
        position: usize,
        side: u32,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let request = &past.request;
        let picture: RgbImage = match request.queries.get(position) {
            None | Some(Query::Vector(_) | Query::Words(_)) => return Ok(None),
            // The stored thumbnail of a whole item is at hand.
            Some(Query::Item(id)) if request.region(position).is_none() => {
                let Some(item) = self.stores.catalog().items(&[*id])?.pop() else {
                    return Ok(None);
                };
                self.stores
                    .decode(&self.pictures.thumbnail_bytes(&item)?)?
                    .image
            }
            Some(_) => self.shown(request, position)?,
        };
        jpeg_within(&picture, side).map(Some)
    }

    /// As [`Self::thumbnail`], of the whole picture of which a part was searched for; none where
    /// all of it was.
    ///
    /// # Errors
    /// The picture is not kept any more, or can't be read.
    pub(crate) fn whole_thumbnail(
        &self,
        past: &PastSearch,
        position: usize,
        side: u32,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let request = &past.request;
        let is_part = matches!(
            request.queries.get(position),
            Some(Query::Image(_) | Query::Item(_))
        ) && request.region(position).is_some();
        if !is_part {
            return Ok(None);
        }
        jpeg_within(&self.picture(request, position)?.upright(), side).map(Some)
    }
}
