//! Imports of files that are sent along: straight to the disk, whatever their number and size.

use std::collections::BTreeMap;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode};
use lookalike_engine::jobs::{JobRequest, Upload};
use serde::Serialize;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};
use utoipa::ToSchema;

use crate::http::access::Editor;
use crate::http::arrival::Arrival;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::file_name::file_name;
use crate::http::form_body::{Kept, metered};
use crate::http::upload::{
    MAX_TEXT_BYTES, check_length, check_no_query, expect_form, form_expected,
};
use crate::parameters::settings::{check_model, settings};
use crate::parameters::values::number;
use crate::routes::imports::{Started, started};
use crate::state::App;

/// Files of one request.
const MOST_FILES: u64 = 200_000;

/// Written to the disk at once.
const BUFFER_BYTES: usize = 1 << 20;

/// Files to import, and what into. What a new collection is made with is ignored where it has that
/// already, and refused where it has something else.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportForm {
    /// Pictures, grants (XML) and archives (ZIP, TAR). Their names may have folders, with slashes.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
    /// `default` unless given; made if there is none of that name.
    collection: Option<String>,
    /// Encoder of a new collection.
    model: Option<String>,
    /// Preprocessing of a new collection.
    preprocess: Option<String>,
    /// Pixels a side of a new collection's pictures, as the encoder sees them.
    #[schema(minimum = 1, maximum = 4096)]
    size: Option<u32>,
    /// Metric of a new collection: `cosine`, `ip` or `l2`.
    metric: Option<String>,
    /// Index of a new collection: `auto`, `flat`, `ivf_flat`, `ivf_sq8` or `hnsw`.
    index: Option<String>,
}

/// Fields that are not files.
const PARAMETERS: [&str; 6] = [
    "collection",
    "model",
    "preprocess",
    "size",
    "metric",
    "index",
];

/// The other fields of a form, besides its files.
#[derive(Clone, Default)]
struct Texts(BTreeMap<&'static str, String>);

/// Queue an import of files that are sent along.
///
/// Copies are kept of their images. The job's `uploaded_files` says how many were sent, and files
/// that fail are listed by the names under which they were sent; they can be tried again for a
/// week.
#[utoipa::path(
    post,
    path = "/api/batch/upload",
    tag = "imports",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Envelope<Started>), ApiError),
)]
pub(crate) async fn upload_import(
    State(app): State<App>,
    _: Editor,
    headers: HeaderMap,
    request: Request,
) -> Result<Success<Started>, ApiError> {
    check_no_query(&request)?;
    expect_form(&request)?;
    check_length(&request, app.options().max_upload_bytes)?;
    let _slot = app.upload_slot().await?;
    let (request, kept) = metered(request);
    let form = Multipart::from_request(request, &app)
        .await
        .map_err(form_expected)?;
    let upload = app.jobs(|jobs, _| Ok(jobs.new_upload()?)).await?;
    let (upload, texts) = receive(&app, &headers, form, &kept, upload).await?;
    texts.check(&app, &headers)?;
    let request = texts.into_request()?;
    app.jobs(move |jobs, _| {
        let job_id = jobs.start_upload(upload, request)?;
        started(jobs, job_id)
    })
    .await
}

async fn receive(
    app: &App,
    headers: &HeaderMap,
    mut form: Multipart,
    kept: &Kept,
    mut upload: Upload,
) -> Result<(Upload, Texts), ApiError> {
    let mut texts = Texts::default();
    let mut arrival = Arrival::begin(app.options().body_timeout);
    while let Some(field) = arrival.next(form.next_field()).await? {
        kept.forget();
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file_name) = file_name(&field) {
            if upload.files() == 0 {
                // What is wrong with the rest is said before files are taken.
                texts.check(app, headers)?;
            }
            if upload.files() == MOST_FILES {
                return Err(ApiError::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("more than {MOST_FILES} files at once; send them in parts"),
                ));
            }
            let file;
            (upload, file) = app
                .jobs(move |_, _| {
                    let file = upload.create(&file_name)?;
                    Ok((upload, file))
                })
                .await?;
            save(&mut arrival, field, kept, File::from_std(file)).await?;
            continue;
        }
        texts.set(&name, &read_text(&mut arrival, field, &name).await?)?;
    }
    Ok((upload, texts))
}

async fn save(
    arrival: &mut Arrival,
    mut field: Field<'_>,
    kept: &Kept,
    file: File,
) -> Result<(), ApiError> {
    let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
    while let Some(chunk) = arrival.chunk(&mut field).await? {
        kept.forget();
        file.write_all(&chunk).await.map_err(unwritten)?;
    }
    file.flush().await.map_err(unwritten)
}

async fn read_text(
    arrival: &mut Arrival,
    mut field: Field<'_>,
    name: &str,
) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = arrival.chunk(&mut field).await? {
        if bytes.len() + chunk.len() > MAX_TEXT_BYTES {
            return Err(ApiError::invalid(format!("field `{name}` is too long")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| ApiError::invalid(format!("field `{name}` is not UTF-8 text")))
}

#[expect(clippy::needless_pass_by_value, reason = "the form map_err wants")]
fn unwritten(error: std::io::Error) -> ApiError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "there is no room left on the server's disk for this upload",
        ),
        _ => ApiError::internal(&error),
    }
}

impl Texts {
    fn set(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        if name == "file" {
            return Err(ApiError::invalid(
                "a `file` without a name can't be imported; send its name along",
            ));
        }
        let known = PARAMETERS.into_iter().find(|known| *known == name);
        let name =
            known.ok_or_else(|| ApiError::invalid(format!("there is no parameter `{name}`")))?;
        self.0.insert(name, value.trim().to_owned());
        Ok(())
    }

    fn check(&self, app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
        check_model(app, headers, self.0.get("model").map(String::as_str))?;
        self.clone().into_request().map(drop)
    }

    fn into_request(mut self) -> Result<JobRequest, ApiError> {
        let mut take = |name| self.0.remove(name);
        let collection = take("collection");
        let size = take("size").map(|size| number("size", &size)).transpose()?;
        let settings = settings(
            take("model"),
            take("preprocess"),
            size,
            take("metric"),
            take("index"),
        )?;
        Ok(JobRequest {
            collection: collection.unwrap_or_else(|| "default".to_owned()),
            settings,
            ..JobRequest::default()
        })
    }
}
