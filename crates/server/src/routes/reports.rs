//! Searches as documents.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lookalike_engine::search::PageHit;
use lookalike_reports::{Language, ReportOptions, Reports, UtcOffset, content_security_policy};
use lookalike_wire::thumbnail_url;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::access::Reader;
use crate::http::envelope::ApiError;
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::state::App;

/// A report that is opened again shows the present state.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// `en` or `zh`; else what the browser prefers (`Accept-Language`).
    lang: Option<String>,
    /// Minutes that the reader's clocks are ahead of UTC, behind it where negative; 0 unless given.
    #[param(minimum = -1440, maximum = 1440)]
    utc_offset: Option<i32>,
}

/// A search as a document.
///
/// `{query_token}.html` holds its pictures and prints well; `{query_token}.csv` has a row for each
/// hit. Both are of the hits that were chosen (`POST /api/marks/{query_token}`), where any were, and
/// tell what was noted of them.
#[utoipa::path(
    get,
    path = "/api/reports/{report}",
    tag = "search",
    params(
        ("report" = String, Path, description = "A search's `query_token` with `.html` or `.csv`"),
        Shown,
    ),
    responses(
        (status = 200, content((String = "text/html"), (String = "text/csv"))),
        ApiError,
    ),
)]
pub(crate) async fn report(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(report): Path<String>,
    Parameters(shown): Parameters<Shown>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let language = match shown.lang {
        Some(name) => name.parse::<Language>()?,
        None => headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .map_or(Language::default(), Language::preferred),
    };
    let options = ReportOptions {
        language,
        utc_offset: UtcOffset::from_minutes(shown.utc_offset.unwrap_or_default())?,
    };
    let owner = caller.user_id;
    match report.rsplit_once('.') {
        Some((token, "html")) => {
            let token = token.to_owned();
            let html = app
                .compute(move |engine| Reports::new(engine).html(&token, owner, &options))
                .await?;
            let policy = HeaderValue::from_str(content_security_policy())
                .map_err(|error| ApiError::internal(&error))?;
            let headers = [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/html; charset=utf-8"),
                ),
                (header::CONTENT_SECURITY_POLICY, policy),
                (header::CACHE_CONTROL, CACHE),
            ];
            Ok((headers, html).into_response())
        }
        Some((token, "csv")) => {
            let (token, known) = (token.to_owned(), token.to_owned());
            let csv = app
                .compute(move |engine| {
                    let address = |page: &PageHit| thumbnail_url(page.id, &page.file_name);
                    Reports::new(engine).csv(&token, owner, &address)
                })
                .await?;
            // A token that is known is hexadecimal.
            let disposition = format!("attachment; filename=\"lookalike-{known}.csv\"");
            let disposition =
                HeaderValue::from_str(&disposition).map_err(|error| ApiError::internal(&error))?;
            let headers = [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/csv; charset=utf-8"),
                ),
                (header::CONTENT_DISPOSITION, disposition),
                (header::CACHE_CONTROL, CACHE),
            ];
            Ok((headers, csv).into_response())
        }
        _ => Err(ApiError::new(
            StatusCode::NOT_FOUND,
            "there are reports as `.html` and `.csv`, after a search's query_token",
        )),
    }
}
