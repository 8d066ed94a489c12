//! The searches.

use axum::extract::State;
use lookalike_engine::search::{Query, QueryFile, SearchRequest, WordsQuery};
use lookalike_wire::SearchAnswer;
use serde_json::{Map, Value};

use crate::http::access::{Caller, Reader};
use crate::http::body::{JsonBody, JsonOrNothing};
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::upload::{Field, Form};
use crate::parameters::pages::ChosenPages;
use crate::parameters::search::{History, Parameters};
use crate::parameters::search::{PictureSearch, SearchParameters, TextSearch, VectorSearch};
use crate::parameters::values::take;
use crate::state::App;

type Answer = Result<Success<SearchAnswer>, ApiError>;

/// Search by pictures.
///
/// Several pictures are fused: a patent counts by the mean over the pictures of its best page for
/// each. Of a patent's PDF all drawing sheets are searched with, of another file with pages the
/// first that is a picture, unless `page` names others. No picture is needed where `like` names
/// items.
#[utoipa::path(
    post,
    path = "/api/search",
    tag = "search",
    request_body(content = PictureSearch, content_type = "multipart/form-data"),
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_pictures(
    State(app): State<App>,
    Reader(caller): Reader,
    form: Form,
) -> Answer {
    let mut parameters = Parameters::default();
    let mut files = Vec::new();
    let mut pages = ChosenPages::default();
    let mut words = Vec::new();
    for (name, field) in form.fields {
        match field {
            Field::File(file) if name == "file" => {
                files.push(QueryFile::new(file.name.as_deref(), file.bytes));
            }
            Field::File(_) => {
                return Err(ApiError::invalid(format!(
                    "the picture came as `{name}`; send it as `file`"
                )));
            }
            Field::Text(text) if name == "page" => pages.add(&text)?,
            // An empty field of a form says nothing.
            Field::Text(text) if name == "text" && text.trim().is_empty() => {}
            Field::Text(text) if name == "text" => words.push(Query::Words(WordsQuery::new(text))),
            Field::Text(text) => parameters.set(&name, &text)?,
        }
    }
    let history = parameters.keeps_history();
    let request = parameters.into_request()?;
    if files.is_empty() && words.is_empty() && request.like.is_empty() {
        return Err(ApiError::invalid(
            "no picture to look for; send one as `file`, or name items as `like`",
        ));
    }
    let mut queries = app
        .compute(move |engine| pages.queries(engine.search(), &files))
        .await?;
    queries.extend(words);
    let request = SearchRequest { queries, ..request };
    let answer = search(&app, &caller, request, history).await;
    drop(form.reserved);
    answer
}

/// Search by words.
///
/// By what they mean where the collection's model embeds texts, by titles, descriptions, tags, claims,
/// names and what figures show, and by both where there is both: each hit says why it is one.
#[utoipa::path(
    post,
    path = "/api/search/text",
    tag = "search",
    request_body = TextSearch,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_text(
    State(app): State<App>,
    Reader(caller): Reader,
    JsonBody(mut object): JsonBody<Map<String, Value>>,
) -> Answer {
    let text: String = take(&mut object, "query")?
        .ok_or_else(|| ApiError::invalid("no `query` in the JSON object"))?;
    let templates: Option<Vec<String>> = take(&mut object, "template")?;
    let parameters = Parameters::from_json(&object)?;
    let history = parameters.keeps_history();
    let words = WordsQuery {
        text,
        templates: templates.unwrap_or_default(),
    };
    let request = SearchRequest {
        queries: vec![Query::Words(words)],
        ..parameters.into_request()?
    };
    search(&app, &caller, request, history).await
}

/// Search by a vector.
#[utoipa::path(
    post,
    path = "/api/search/vector",
    tag = "search",
    request_body = VectorSearch,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_vector(
    State(app): State<App>,
    Reader(caller): Reader,
    JsonBody(mut object): JsonBody<Map<String, Value>>,
) -> Answer {
    let vector = take(&mut object, "vector")?
        .ok_or_else(|| ApiError::invalid("no `vector` in the JSON object"))?;
    let parameters = Parameters::from_json(&object)?;
    let history = parameters.keeps_history();
    let request = SearchRequest {
        queries: vec![Query::Vector(vector)],
        ..parameters.into_request()?
    };
    search(&app, &caller, request, history).await
}

/// Search by a stored item.
#[utoipa::path(
    post,
    path = "/api/search/item/{id}",
    tag = "search",
    params(("id" = u64, Path, description = "The item to look for; it is among its own hits")),
    request_body = Option<SearchParameters>,
    responses((status = 200, body = Envelope<SearchAnswer>), ApiError),
)]
pub(crate) async fn by_item(
    State(app): State<App>,
    Reader(caller): Reader,
    Path(id): Path<String>,
    JsonOrNothing(object): JsonOrNothing<Map<String, Value>>,
) -> Answer {
    let id = id
        .parse()
        .map_err(|_| ApiError::invalid(format!("`{id}` is no item's id")))?;
    let parameters = Parameters::from_json(&object)?;
    let history = parameters.keeps_history();
    let request = SearchRequest {
        queries: vec![Query::Item(id)],
        ..parameters.into_request()?
    };
    search(&app, &caller, request, history).await
}

/// Searches for the caller, whose history it goes to if `history` says so.
pub(crate) async fn search(
    app: &App,
    caller: &Caller,
    mut request: SearchRequest,
    history: History,
) -> Answer {
    let owner = caller.user_id;
    request.owner = owner;
    let answer = app
        .compute(move |engine| engine.search().run(&request))
        .await?;
    app.metrics().searched(&answer);
    if history == History::Record && !caller.is_anonymous {
        app.recorder().record(&answer.query_token, owner);
    }
    Ok(Success(answer.into()))
}
