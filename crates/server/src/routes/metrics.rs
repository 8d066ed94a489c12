//! Counts requests, and shows what the server counts to Prometheus.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;

use crate::http::access::Admin;
use crate::http::envelope::ApiError;
use crate::metrics::{RequestLabels, ResultLabels, RouteLabels};
use crate::state::App;

/// The text format that all versions of Prometheus read.
const TEXT: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Counts requests and their times.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("other", MatchedPath::as_str)
        .to_owned();
    let metrics = app.metrics();
    metrics.in_flight.inc();
    let _in_flight = InFlight(&metrics.in_flight);
    let response = next.run(request).await;
    let elapsed = start.elapsed();
    let status = response.status().as_u16();
    tracing::info!(
        method,
        route,
        status,
        ms = elapsed.as_secs_f64() * 1e3,
        request_id = ?response.headers().get(crate::http::request_id::HEADER),
        "answered"
    );
    let labels = RouteLabels {
        route: route.clone(),
    };
    let latencies = metrics.latencies.get_or_create(&labels);
    latencies.observe(elapsed.as_secs_f64());
    let labels = RequestLabels {
        method,
        route,
        status,
    };
    metrics.requests.get_or_create(&labels).inc();
    response
}

/// A method's name, if it is one that HTTP knows (RFC 9110, 9.1, and PATCH): clients may send any
/// word, and a label that was seen once is kept as long as the server runs.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "CONNECT" => "CONNECT",
        "OPTIONS" => "OPTIONS",
        "TRACE" => "TRACE",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

/// Also when the client goes away and the request is dropped.
struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counters and distributions in the form that Prometheus reads.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = 200, content_type = "application/openmetrics-text", body = String), ApiError),
)]
pub(crate) async fn metrics(State(app): State<App>, _: Admin) -> Result<Response, ApiError> {
    let metrics = app.metrics();
    let (running, waiting) = app.searches();
    metrics.searches_running.set(running as i64);
    metrics.searches_waiting.set(waiting as i64);
    let bodies = [
        app.upload_memory(),
        app.stranger_memory(),
        app.small_memory(),
    ];
    let used: u64 = bodies.iter().map(|memory| memory.used()).sum();
    metrics.upload_bytes.set(used as i64);
    let totals = app.jobs(|jobs, _| Ok(jobs.totals())).await?;
    metrics.jobs_running.set(totals.running as i64);
    metrics.jobs_queued.set(totals.queued as i64);
    let counts = app.engine().search().counters();
    set(&metrics.embedded, counts.embedded_queries);
    set(&metrics.forward_passes, counts.forward_passes);
    for (family, result, value) in [
        (&metrics.embedding_cache, "hit", counts.cached_queries),
        (&metrics.embedding_cache, "miss", counts.embedded_queries),
        (&metrics.imported, "imported", totals.imported),
        (&metrics.imported, "skipped", totals.skipped),
        (&metrics.imported, "failed", totals.failed),
    ] {
        set(&family.get_or_create(&ResultLabels { result }), value);
    }
    let mut text = String::new();
    encode(&mut text, &metrics.registry).map_err(|error| ApiError::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}

/// Follows a counter that is kept elsewhere and never falls.
fn set(counter: &Counter, value: u64) {
    counter.inc_by(value.saturating_sub(counter.get()));
}
