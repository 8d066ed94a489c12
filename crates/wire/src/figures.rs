//! Figures: the parts of a picture that each show one thing.

use serde::Serialize;
use utoipa::ToSchema;

use crate::convert::same_fields;

/// The figures of a picture, as a search by it takes it apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PictureFigures {
    /// What made the picture upright, in degrees clockwise: 0, 90, 180 or 270.
    pub turn: u32,
    /// Pixels of the upright picture.
    pub width: u32,
    /// Pixels of the upright picture.
    pub height: u32,
    /// Of a drawing by the numbers of their captions; of a photo the things that stand apart on a
    /// plain ground. None in a photo of one thing.
    pub figures: Vec<PictureFigure>,
}

same_fields!(lookalike_engine::PictureFigures => PictureFigures {
    turn, width, height, figures,
});

/// A figure of a picture.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PictureFigure {
    /// Which row of the item it is, from 0, or would be; `/api/image/{file_name}?figure=` shows it
    /// alone. The whole of a sheet with several figures comes before them.
    pub index: u8,
    /// Number in its caption, such as `4A`.
    pub number: Option<String>,
    /// The caption, such as `FIG. 4A`.
    pub label: Option<String>,
    /// `perspective`, `front`, ...; null where nothing is known of it.
    pub view: Option<String>,
    /// `[x, y, width, height]` in pixels of the upright picture.
    #[serde(rename = "box")]
    pub area: [u32; 4],
}

same_fields!(lookalike_engine::PictureFigure => PictureFigure {
    index, number, label, view, area,
});

/// The stored embedding of a figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FigureVector {
    /// Which figure of the item, from 0.
    pub figure_index: usize,
    /// The embedding.
    pub vector: Vec<f32>,
}

same_fields!(lookalike_engine::library::FigureVector => FigureVector { figure_index, vector });
