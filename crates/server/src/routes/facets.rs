//! Counts of images by what they have in common.

use axum::extract::State;
use lookalike_engine::library::FacetRequest;
use lookalike_wire::Facets;
use serde::Serialize;
use utoipa::IntoParams;

use crate::http::access::{Editor, Reader};
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::query::Parameters;
use crate::parameters::filters::{self, FilterParameters, NameParameter};
use crate::parameters::values::number;
use crate::state::App;

/// What is counted.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FacetParameters {
    /// `default` unless given.
    collection: Option<String>,
    /// Values of each field, the most frequent ones; 20 unless given.
    #[param(minimum = 1, maximum = 100)]
    top: Option<u32>,
}

/// Count images by class, applicant, country, year, status, tag, format, folder and attributes.
///
/// Each is counted without the filter of its own field.
#[utoipa::path(
    get,
    path = "/api/facets",
    tag = "collections",
    params(FacetParameters, FilterParameters, NameParameter),
    responses((status = 200, body = Envelope<Facets>), ApiError),
)]
pub(crate) async fn count(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Parameters(parameters): Parameters<Vec<(String, String)>>,
) -> Result<Success<Facets>, ApiError> {
    let mut request = FacetRequest {
        collection: "default".to_owned(),
        filter: Default::default(),
        top: 20,
    };
    for (name, value) in parameters {
        let value = value.trim();
        match name.as_str() {
            _ if value.is_empty() => {}
            _ if filters::set_of_list(&mut request.filter, &name, value)? => {}
            "collection" => value.clone_into(&mut request.collection),
            "top" => request.top = number(&name, value)?,
            _ => {
                return Err(ApiError::invalid(format!(
                    "there is no parameter `{name}`; the documentation lists them"
                )));
            }
        }
    }
    let facets = app
        .read(move |engine| engine.library().facets(&request))
        .await?;
    let mut facets = Facets::from((*facets).clone());
    if editor.is_err() {
        // Where files lie on this machine is nothing for those who only look.
        facets.folder.clear();
    }
    Ok(Success(facets))
}
