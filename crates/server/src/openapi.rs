//! The description of the API, made from the handlers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    Components, ContentBuilder, Ref, RefOr, Response as Described, ResponseBuilder,
};
use utoipa::{IntoResponses, OpenApi, ToSchema};

use crate::http::cookie;
use crate::http::envelope::{ApiError, Failure};

/// What the handlers don't say about themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "lookalike",
        description = "Finds images that look alike. Answers in JSON are an envelope \
                       `{\"code\": 0, \"message\": \"success\", \"data\": ...}`; failures have the \
                       HTTP status as `code`, a message that says what happened and what to do, \
                       and no data."
    ),
    components(schemas(Failure)),
    tags(
        (name = "search", description = "Find similar images"),
        (name = "history", description = "A user's own searches"),
        (name = "pictures", description = "Pictures as browsers show them"),
        (name = "collections", description = "Sets of images with one encoder each"),
        (name = "images", description = "The images of collections: list, upload, edit, delete"),
        (name = "trash", description = "What was deleted and can be restored"),
        (name = "imports", description = "Imports of folders and archives"),
        (name = "screening", description = "Folders of products against collections of designs"),
        (name = "accounts", description = "Who somebody is"),
        (name = "tokens", description = "Tokens by which scripts act for a user"),
        (name = "users", description = "Users, as administrators look after them"),
        (name = "operation", description = "For whoever runs the server"),
    )
)]
pub(crate) struct Description;

/// Bytes, such as a picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes bodies")]
pub(crate) struct Binary(Vec<u8>);

/// Every endpoint can fail in these ways: alone, or because of a limit that holds for all.
const FAILURES: [(u16, &str); 12] = [
    (400, "A parameter is wrong"),
    (401, "Nobody is logged in"),
    (403, "Not allowed"),
    (404, "There is none"),
    (405, "The endpoint does not take this method"),
    (408, "The body took too long to arrive"),
    (409, "It contradicts what is there"),
    (413, "Above a limit of size"),
    (415, "Not a type that can be read"),
    (422, "Damaged"),
    (
        429,
        "Too much at once; `Retry-After` says when to try again",
    ),
    (503, "Not ready; `Retry-After` says when to try again"),
];

impl IntoResponses for ApiError {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        FAILURES
            .iter()
            .map(|(status, _)| {
                (
                    status.to_string(),
                    Ref::from_response_name(status.to_string()),
                )
            })
            .map(|(status, response)| (status, RefOr::Ref(response)))
            .collect()
    }
}

/// Adds what all endpoints share, and gives operations names of their own: handlers' names are
/// unique only within their subject.
pub(crate) fn finish(description: &mut utoipa::openapi::OpenApi) {
    let components = description.components.get_or_insert_with(Components::new);
    let schema = Ref::from_schema_name(Failure::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    for (status, text) in FAILURES {
        let response = ResponseBuilder::new()
            .description(text)
            .content("application/json", content.clone())
            .build();
        components
            .responses
            .insert(status.to_string(), RefOr::T(response));
    }
    let session = ApiKeyValue::with_description(cookie::NAME, "Of a login; see `X-CSRF-Token`");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("token", token);
    let one = |scheme| SecurityRequirement::new::<_, [String; 0], _>(scheme, []);
    // Or nothing, while accounts are off.
    description.security = Some(vec![
        one("session"),
        one("token"),
        SecurityRequirement::default(),
    ]);
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        let tag = operation.tags.iter().flatten().next();
        if let (Some(tag), Some(id)) = (tag, &operation.operation_id) {
            operation.operation_id = Some(format!("{tag}_{id}"));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
        &mut item.patch,
    ]
    .into_iter()
    .flatten()
}

/// The description as it is sent.
#[derive(Clone)]
pub(crate) struct Document(Arc<str>);

impl Document {
    /// # Errors
    /// It can't be written as JSON.
    pub(crate) fn new(description: &utoipa::openapi::OpenApi) -> serde_json::Result<Self> {
        Ok(Self(description.to_pretty_json()?.into()))
    }
}

pub(crate) async fn document(Extension(document): Extension<Document>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, document.0.to_string()).into_response()
}
