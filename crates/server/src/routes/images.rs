//! The images of collections: lists, uploads, edits, deletion.

use axum::extract::State;
use axum::http::StatusCode;
use lookalike_engine::library::{Direction, ListRequest, Selection, SortKey, TagChange, Upload};
use lookalike_wire::{
    Deleted, ItemEdit, ItemPage, ItemVector, ListedItem, PictureFigures, Tagged, UploadedItems,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::http::access::{Admin, Editor, Reader};
use crate::http::body::JsonBody;
use crate::http::envelope::{ApiError, Envelope, Success};
use crate::http::path::Path;
use crate::http::query::Parameters;
use crate::http::upload::{Field, File, Form};
use crate::parameters::filters::{self, FilterParameters, NameParameter};
use crate::parameters::values::number;
use crate::state::App;

/// Which page of which list.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParameters {
    /// `default` unless given.
    collection: Option<String>,
    /// `id` (unless given), `created_at`, `file_name`, `patent_id`, `pub_date` or `file_size`.
    sort: Option<String>,
    /// `asc` (unless given) or `desc`. What has no value to sort by comes last in both.
    order: Option<String>,
    /// From 1.
    #[param(minimum = 1)]
    page: Option<u64>,
    /// 50 unless given.
    #[param(minimum = 1, maximum = 500)]
    page_size: Option<u32>,
}

/// A picture with what is said about it.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadForm {
    /// The picture, of any type that can be read, or a PDF.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// `default` unless given; made if there is none of that name.
    collection: Option<String>,
    /// At most 10,000 characters.
    #[schema(max_length = 10_000)]
    description: Option<String>,
    /// At most 100, of at most 100 characters.
    #[schema(max_items = 100)]
    tags: Option<Vec<String>>,
    /// A JSON object of at most 64 KB.
    #[schema(example = json!("{\"category\": \"cat\"}"))]
    attributes: Option<String>,
    /// The caller's own identifier.
    external_id: Option<String>,
    /// `perspective`, `front`, ...
    view: Option<String>,
    /// In any spelling; else what the file's name says.
    patent_id: Option<String>,
    /// Such as `D00001`; else what the file's name says.
    page_num: Option<String>,
}

/// What is to be deleted: `ids`, or `filter`, or `all`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deletion {
    /// `default` unless given.
    collection: Option<String>,
    /// These items, at most 100,000.
    ids: Option<Vec<u64>>,
    /// What passes these filters, of which there must be one.
    #[schema(value_type = Option<FilterParameters>)]
    filter: Option<Map<String, Value>>,
    /// `true`: everything in the collection.
    all: Option<bool>,
}

/// Which images get and lose which tags: `ids`, or `filter`, or `all`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tagging {
    /// `default` unless given.
    collection: Option<String>,
    /// These items, at most 100,000.
    ids: Option<Vec<u64>>,
    /// What passes these filters, of which there must be one.
    #[schema(value_type = Option<FilterParameters>)]
    filter: Option<Map<String, Value>>,
    /// `true`: everything in the collection.
    all: Option<bool>,
    /// Tags to add.
    #[serde(default)]
    #[schema(required = false)]
    add_tags: Vec<String>,
    /// Tags to take away.
    #[serde(default)]
    #[schema(required = false)]
    remove_tags: Vec<String>,
}

/// List images.
#[utoipa::path(
    get,
    path = "/api/images",
    tag = "images",
    params(ListParameters, FilterParameters, NameParameter),
    responses((status = 200, body = Envelope<ItemPage>), ApiError),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Parameters(parameters): Parameters<Vec<(String, String)>>,
) -> Result<Success<ItemPage>, ApiError> {
    let mut request = ListRequest::default();
    for (name, value) in parameters {
        set(&mut request, &name, value.trim())?;
    }
    let page = app
        .read(move |engine| engine.library().list(&request))
        .await?;
    let mut page = ItemPage::from(page);
    for item in &mut page.items {
        hide_path(item, editor.is_ok());
    }
    Ok(Success(page))
}

/// Upload an image, or the pages of a PDF or TIFF.
///
/// It is embedded and kept. The same bytes of the same patent and page are the same image:
/// the answer is 200 then, with the image that is there. A patent's PDF becomes its patent with its
/// drawing sheets, another file of several pages an image a page; `items` are all images that were
/// made of the file, or none were. `description`, `tags` and `attributes` are then said of each of
/// them, `external_id`, `view` and `page_num` of the first. 409 is the answer to a patent's PDF
/// whose sheets are in the collection from its grant.
#[utoipa::path(
    post,
    path = "/api/images",
    tag = "images",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, body = Envelope<UploadedItems>),
        (status = 200, description = "It was there already", body = Envelope<UploadedItems>),
        ApiError,
    ),
)]
pub(crate) async fn upload(
    State(app): State<App>,
    _: Editor,
    form: Form,
) -> Result<(StatusCode, Success<UploadedItems>), ApiError> {
    let Form { fields, reserved } = form;
    let upload = read_upload(fields)?;
    let uploaded = app
        .compute(move |engine| engine.library().upload(upload))
        .await;
    drop(reserved);
    let uploaded = uploaded?;
    let status = if uploaded.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Success(uploaded.into())))
}

/// Delete several images, or all.
///
/// Editors delete what they name or filter; only admins delete everything.
#[utoipa::path(
    delete,
    path = "/api/images",
    tag = "images",
    request_body = Deletion,
    responses((status = 200, body = Envelope<Deleted>), ApiError),
)]
pub(crate) async fn delete_many(
    State(app): State<App>,
    _: Editor,
    admin: Result<Admin, ApiError>,
    JsonBody(deletion): JsonBody<Deletion>,
) -> Result<Success<Deleted>, ApiError> {
    let selection = selection(deletion.ids, deletion.filter, deletion.all)?;
    let selection = match (selection, admin) {
        (Selection::All, Err(refused)) => return Err(refused),
        // A filter that all pass is everything too.
        (Selection::Passing(filter), Err(_)) => Selection::PassingUnlessAll(filter),
        (selection, _) => selection,
    };
    let collection = deletion.collection.unwrap_or_else(|| "default".to_owned());
    let delete = app.read(move |engine| engine.library().delete(&collection, &selection));
    Ok(Success(delete.await?.into()))
}

/// Tag several images, or all.
///
/// An image has each tag once, and at most 100: when one would have more, nothing more is changed.
#[utoipa::path(
    patch,
    path = "/api/images",
    tag = "images",
    request_body = Tagging,
    responses((status = 200, body = Envelope<Tagged>), ApiError),
)]
pub(crate) async fn tag_many(
    State(app): State<App>,
    _: Editor,
    JsonBody(tagging): JsonBody<Tagging>,
) -> Result<Success<Tagged>, ApiError> {
    let selection = selection(tagging.ids, tagging.filter, tagging.all)?;
    let collection = tagging.collection.unwrap_or_else(|| "default".to_owned());
    let change = TagChange {
        add: tagging.add_tags,
        remove: tagging.remove_tags,
    };
    let tag = app.read(move |engine| engine.library().tag(&collection, &selection, &change));
    Ok(Success(tag.await?.into()))
}

/// Show an image's data.
#[utoipa::path(
    get,
    path = "/api/images/{id}",
    tag = "images",
    params(("id" = u64, Path)),
    responses((status = 200, body = Envelope<ListedItem>), ApiError),
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Reader,
    editor: Result<Editor, ApiError>,
    Path(id): Path<String>,
) -> Result<Success<ListedItem>, ApiError> {
    let id = number("id", &id)?;
    let item = app.read(move |engine| engine.library().item(id)).await?;
    let mut item = ListedItem::from(item);
    hide_path(&mut item, editor.is_ok());
    Ok(Success(item))
}

/// Change an image's data.
#[utoipa::path(
    patch,
    path = "/api/images/{id}",
    tag = "images",
    params(("id" = u64, Path)),
    request_body = ItemEdit,
    responses((status = 200, body = Envelope<ListedItem>), ApiError),
)]
pub(crate) async fn edit(
    State(app): State<App>,
    _: Editor,
    Path(id): Path<String>,
    JsonBody(edit): JsonBody<ItemEdit>,
) -> Result<Success<ListedItem>, ApiError> {
    let id = number("id", &id)?;
    let edit = edit.into();
    let item = app
        .read(move |engine| engine.library().edit(id, &edit))
        .await?;
    Ok(Success(item.into()))
}

/// Delete an image.
#[utoipa::path(
    delete,
    path = "/api/images/{id}",
    tag = "images",
    params(("id" = u64, Path)),
    responses((status = 200, body = Envelope<Deleted>), ApiError),
)]
pub(crate) async fn delete_one(
    State(app): State<App>,
    _: Editor,
    Path(id): Path<String>,
) -> Result<Success<Deleted>, ApiError> {
    let id = number("id", &id)?;
    let delete = app.read(move |engine| {
        let collection = engine.library().item(id)?.item.collection;
        engine
            .library()
            .delete(&collection, &Selection::Items(vec![id]))
    });
    Ok(Success(delete.await?.into()))
}

/// Show an image's stored embedding.
#[utoipa::path(
    get,
    path = "/api/images/{id}/vector",
    tag = "images",
    params(("id" = u64, Path)),
    responses((status = 200, body = Envelope<ItemVector>), ApiError),
)]
pub(crate) async fn vector(
    State(app): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Success<ItemVector>, ApiError> {
    let id = number("id", &id)?;
    let vector = app.read(move |engine| engine.library().vector(id)).await?;
    Ok(Success(vector.into()))
}

/// Show the figures of an image, each of which a search by it asks with.
#[utoipa::path(
    get,
    path = "/api/images/{id}/figures",
    tag = "images",
    params(("id" = u64, Path)),
    responses((status = 200, body = Envelope<PictureFigures>), ApiError),
)]
pub(crate) async fn figures(
    State(app): State<App>,
    _: Reader,
    Path(id): Path<String>,
) -> Result<Success<PictureFigures>, ApiError> {
    let id = number("id", &id)?;
    let figures = app.read(move |engine| engine.pictures().figures_of_item(id));
    Ok(Success(figures.await?.into()))
}

fn selection(
    ids: Option<Vec<u64>>,
    filter: Option<Map<String, Value>>,
    all: Option<bool>,
) -> Result<Selection, ApiError> {
    match (ids, filter, all) {
        (Some(ids), None, None) => Ok(Selection::Items(ids)),
        (None, Some(filter), None) => {
            Ok(Selection::Passing(Box::new(filters::from_json(&filter)?)))
        }
        (None, None, Some(true)) => Ok(Selection::All),
        _ => Err(ApiError::invalid(
            "say which images by one of `ids`, `filter`, or `all`: true",
        )),
    }
}

/// Where a file lies on this machine is nothing for those who only look.
pub(crate) fn hide_path(item: &mut ListedItem, is_editor: bool) {
    if !is_editor {
        item.item.original_path = None;
    }
}

fn set(request: &mut ListRequest, name: &str, value: &str) -> Result<(), ApiError> {
    match name {
        _ if value.is_empty() => {}
        _ if filters::set_of_list(&mut request.filter, name, value)? => {}
        "collection" => value.clone_into(&mut request.collection),
        "sort" => request.sort = choice::<SortKey>(name, value)?,
        "order" => request.direction = choice::<Direction>(name, value)?,
        "page" => request.page = number(name, value)?,
        "page_size" => request.page_size = number(name, value)?,
        _ => {
            return Err(ApiError::invalid(format!(
                "there is no parameter `{name}`; the documentation lists them"
            )));
        }
    }
    Ok(())
}

fn choice<T: for<'de> Deserialize<'de>>(name: &str, value: &str) -> Result<T, ApiError> {
    serde_json::from_value(Value::from(value))
        .map_err(|_| ApiError::invalid(format!("there is no {name} `{value}`")))
}

fn read_upload(fields: Vec<(String, Field)>) -> Result<Upload, ApiError> {
    let mut files = Vec::new();
    let mut collection = "default".to_owned();
    let mut edit = Map::new();
    let mut tags = Vec::new();
    for (name, field) in fields {
        let text = match field {
            Field::File(file) if name == "file" => {
                files.push(file);
                continue;
            }
            Field::File(_) => {
                return Err(ApiError::invalid(format!(
                    "the picture came as `{name}`; send it as `file`"
                )));
            }
            Field::Text(text) => text,
        };
        match name.as_str() {
            "collection" if text.trim().is_empty() => {}
            "collection" => text.trim().clone_into(&mut collection),
            "tags" => tags.push(text),
            "attributes" if text.trim().is_empty() => {}
            "attributes" => {
                let attributes: Map<String, Value> =
                    serde_json::from_str(&text).map_err(|error| {
                        ApiError::invalid(format!("attributes are no JSON object: {error}"))
                    })?;
                edit.insert(name, attributes.into());
            }
            _ => {
                edit.insert(name, text.into());
            }
        }
    }
    edit.insert("tags".to_owned(), json!(tags));
    let fields: ItemEdit = serde_json::from_value(edit.into())
        .map_err(|error| ApiError::invalid(format!("the form is wrong: {error}")))?;
    let mut files = files.into_iter();
    let (Some(File { name, bytes }), None) = (files.next(), files.next()) else {
        return Err(ApiError::invalid("send one picture, as `file`"));
    };
    Ok(Upload {
        collection,
        bytes,
        file_name: name.unwrap_or_default(),
        fields: fields.into(),
    })
}
