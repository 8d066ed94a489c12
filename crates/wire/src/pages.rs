//! The pages of a file, to choose from.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::convert::{Of, same_fields};

/// The pages of a file, to choose from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageChoice {
    /// Canonical id of the patent that the file is.
    pub patent_id: Option<String>,
    /// The patent's title.
    pub title: Option<String>,
    /// The pages, in order; none of a file that is one picture.
    pub pages: Vec<PageOffer>,
}

same_fields!(lookalike_engine::search::PageChoice => PageChoice { patent_id, title, pages });

/// A page that may be searched with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageOffer {
    /// Counted from 1.
    pub page: u32,
    /// Whether a search with the file takes it unless told otherwise.
    pub is_usual: bool,
    /// A JPEG of at most 300 x 300 pixels in Base64; null of a page that can't be read.
    pub thumbnail: Option<String>,
}

impl Of<lookalike_engine::search::PageOffer> for PageOffer {
    fn of(offer: lookalike_engine::search::PageOffer) -> Self {
        let lookalike_engine::search::PageOffer {
            page,
            is_usual,
            thumbnail,
        } = offer;
        Self {
            page,
            is_usual,
            thumbnail: thumbnail.map(|jpeg| STANDARD.encode(jpeg)),
        }
    }
}
