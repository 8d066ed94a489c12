//! Whether the server can do its work, and which part can't.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lookalike_engine::HealthReport;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::http::access::Member;
use crate::http::envelope::ApiError;
use crate::state::App;

/// How the parts of the server are.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok` or `degraded`.
    status: &'static str,
    /// ISO 8601.
    timestamp: String,
    /// `catalog`, `index`, `model`, `object_store`, `disk`, `milvus`, `accelerator`: each with a `status`,
    /// and for those who are logged in with details.
    #[schema(value_type = Object)]
    components: Value,
}

/// How the parts of the server are.
///
/// 200 with `ok` or `degraded`; 503 when not even the catalogue can be read, or it is no longer where it
/// was opened, so that what is written is lost.
#[utoipa::path(
    get,
    path = "/health",
    tag = "operation",
    responses(
        (status = 200, body = Health),
        (status = 503, body = Health, description = "The catalogue can't be read"),
    ),
)]
pub(crate) async fn health(State(app): State<App>, member: Result<Member, ApiError>) -> Response {
    let report = match app.read(|engine| Ok(engine.health().report())).await {
        Ok(report) => report,
        Err(error) => return error.into_response(),
    };
    let models = Models::new(&report, app.is_warming_up());
    let code = if report.catalog.is_ok() && report.data_directory.is_in_place {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut components = components(&report, &models);
    if member.is_err() {
        keep_status(&mut components);
    }
    let health = Health {
        status: if report.catalog.is_ok()
            && models.status != "error"
            && report.object_store.listed.is_ok()
            && report.vectors_answer
            && report.data_directory.is_in_place
            && report.data_directory.has_room()
        {
            "ok"
        } else {
            "degraded"
        },
        timestamp: report.timestamp.clone(),
        components,
    };
    (code, Json(health)).into_response()
}

/// Answers as long as the process does.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "operation",
    responses((status = 200, body = Object)),
)]
pub(crate) async fn live() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// The encoders as a whole, and each.
struct Models {
    status: &'static str,
    each: Vec<Value>,
}

impl Models {
    fn new(report: &HealthReport, warming_up: bool) -> Self {
        let loaded = report.models.iter().all(|model| model.trained.is_some());
        let each = report
            .models
            .iter()
            .map(|model| json!({"name": model.name, "trained": model.trained}))
            .collect();
        Self {
            status: match (loaded, warming_up) {
                (true, _) => "ok",
                (false, true) => "loading",
                (false, false) => "error",
            },
            each,
        }
    }
}

fn keep_status(components: &mut Value) {
    let components = components.as_object_mut().into_iter().flatten();
    for (_, component) in components {
        *component = json!({"status": component["status"]});
    }
}

fn components(report: &HealthReport, models: &Models) -> Value {
    let data = report.data_directory;
    let state = |is_well: bool| if is_well { "ok" } else { "error" };
    let catalog = state(report.catalog.is_ok() && data.is_in_place);
    json!({
        "catalog": {"status": catalog, "collections": report.catalog.as_ref().ok()},
        "index": {"status": state(report.vectors_answer)},
        "model": {"status": models.status, "models": models.each},
        "object_store": {
            "status": state(report.object_store.listed.is_ok()),
            "kind": report.object_store.kind,
        },
        "disk": {"status": state(data.has_room()), "free_bytes": data.free_bytes},
        "milvus": milvus(report),
        "accelerator": accelerator(report),
    })
}

fn accelerator(report: &HealthReport) -> Value {
    let names: Vec<&str> = report.devices.iter().map(|one| one.name.as_str()).collect();
    let notes: Vec<&String> = report.devices.iter().flat_map(|one| &one.notes).collect();
    json!({"status": "ok", "device": names.join(", "), "notes": notes})
}

fn milvus(report: &HealthReport) -> Value {
    let server = report.vector_server.as_ref();
    match server.filter(|server| server.kind == "milvus") {
        None => json!({"status": "not configured"}),
        Some(server) => match &server.version {
            Ok(version) => {
                json!({"status": "ok", "address": server.address, "version": version})
            }
            Err(error) => json!({
                "status": "error",
                "address": server.address,
                "reason": error.to_string(),
            }),
        },
    }
}
