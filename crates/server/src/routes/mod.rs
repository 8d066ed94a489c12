//! What the server answers, one file per resource: handlers, the shapes of their requests and
//! answers, and their descriptions.
//!
//! The order of the list is the order of the description.

pub(crate) mod auth;
pub(crate) mod collections;
mod docs;
mod duplicates;
mod explain;
mod facets;
mod health;
mod history;
mod images;
pub(crate) mod imports;
mod marks;
pub(crate) mod metrics;
pub(crate) mod page;
mod patents;
mod pictures;
mod reports;
mod saved;
mod screen;
mod search;
mod sent_files;
mod shared;
mod tokens;
mod trash;
mod users;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::state::App;

/// The API, added to `start`. Imports that are sent along have a limit of their own, `uploads`.
pub(crate) fn api(start: OpenApiRouter<App>, uploads: DefaultBodyLimit) -> OpenApiRouter<App> {
    start
        .routes(routes!(search::by_pictures))
        .routes(routes!(search::by_text))
        .routes(routes!(search::by_vector))
        .routes(routes!(search::by_item))
        .routes(routes!(explain::explain))
        .routes(routes!(explain::query_heatmap))
        .routes(routes!(explain::item_heatmap))
        .routes(routes!(reports::report))
        .routes(routes!(history::list, history::clear))
        .routes(routes!(history::show, history::delete))
        .routes(routes!(history::thumbnail))
        .routes(routes!(history::repeat))
        .routes(routes!(saved::list_saved, saved::save))
        .routes(routes!(saved::forget))
        .routes(routes!(saved::run))
        .routes(routes!(marks::show_marks, marks::change_marks))
        .routes(routes!(shared::show_shared))
        .routes(routes!(shared::shared_thumbnail))
        .routes(routes!(shared::repeat_shared))
        .routes(routes!(collections::list, collections::create))
        .routes(routes!(
            collections::show,
            collections::edit,
            collections::drop
        ))
        .routes(routes!(collections::stats))
        .routes(routes!(duplicates::find, duplicates::cancel))
        .routes(routes!(duplicates::decide))
        .routes(routes!(facets::count))
        .routes(routes!(
            images::list,
            images::upload,
            images::tag_many,
            images::delete_many
        ))
        .routes(routes!(images::show, images::edit, images::delete_one))
        .routes(routes!(trash::restore))
        .routes(routes!(trash::list, trash::empty))
        .routes(routes!(trash::thumbnail))
        .routes(routes!(images::vector))
        .routes(routes!(images::figures))
        .routes(routes!(patents::patent))
        .routes(routes!(imports::start))
        .routes(routes!(sent_files::upload_import).layer(uploads))
        .routes(routes!(imports::status))
        .routes(routes!(imports::cancel))
        .routes(routes!(imports::retry))
        .routes(routes!(imports::list))
        .routes(routes!(screen::start, screen::list))
        .routes(routes!(screen::show))
        .routes(routes!(screen::cancel))
        .routes(routes!(pictures::thumbnail))
        .routes(routes!(pictures::full))
        .routes(routes!(pictures::preview))
        .routes(routes!(pictures::figures))
        .routes(routes!(pictures::pages))
        .routes(routes!(auth::rules))
        .routes(routes!(auth::register))
        .routes(routes!(auth::log_in))
        .routes(routes!(auth::log_out))
        .routes(routes!(auth::me))
        .routes(routes!(auth::change_password))
        .routes(routes!(tokens::list, tokens::add))
        .routes(routes!(tokens::revoke))
        .routes(routes!(users::list))
        .routes(routes!(users::change, users::remove))
        .routes(routes!(users::tokens))
        .routes(routes!(users::revoke_token))
        .routes(routes!(health::health))
        .routes(routes!(health::live))
        .routes(routes!(metrics::metrics))
}

/// The page, and the pages that show the description of the API.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .merge(page::routes())
        .route("/docs", get(docs::index))
        .route("/docs/", get(docs::index))
        .route("/docs/start.js", get(docs::start))
        .route("/docs/swagger-ui-bundle.js", get(docs::script))
        .route("/docs/swagger-ui.css", get(docs::style))
}
