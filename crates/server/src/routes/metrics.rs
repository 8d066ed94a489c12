//! What the server counts, for Prometheus.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lookalike_engine::search::SearchAnswer;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::http::access::Admin;
use crate::http::envelope::ApiError;
use crate::state::App;

/// The text format that all versions of Prometheus read.
const TEXT: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    /// As of [`method_label`]: what clients make up would be without number.
    method: &'static str,
    /// The endpoint's pattern: paths themselves would be without number.
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    result: &'static str,
}

/// Counters and distributions of one server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latencies: Family<RouteLabels, Histogram>,
    stages: Family<StageLabels, Histogram>,
    in_flight: Gauge,
    searches_running: Gauge,
    searches_waiting: Gauge,
    upload_bytes: Gauge,
    jobs_running: Gauge,
    jobs_queued: Gauge,
    embedded: Counter,
    forward_passes: Counter,
    embedding_cache: Family<ResultLabels, Counter>,
    imported: Family<ResultLabels, Counter>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("lookalike");
        let metrics = Self {
            requests: Family::default(),
            latencies: Family::new_with_constructor(latency),
            stages: Family::new_with_constructor(latency),
            in_flight: Gauge::default(),
            searches_running: Gauge::default(),
            searches_waiting: Gauge::default(),
            upload_bytes: Gauge::default(),
            jobs_running: Gauge::default(),
            jobs_queued: Gauge::default(),
            embedded: Counter::default(),
            forward_passes: Counter::default(),
            embedding_cache: Family::default(),
            imported: Family::default(),
            registry: Registry::default(),
        };
        let requests = metrics.requests.clone();
        registry.register("http_requests", "Requests answered", requests);
        registry.register_with_unit(
            "http_request_duration",
            "From a request's head to its answer's head",
            Unit::Seconds,
            metrics.latencies.clone(),
        );
        registry.register_with_unit(
            "search_stage_duration",
            "Stages of searches: waiting for a turn, extraction of features, vectors, the rest",
            Unit::Seconds,
            metrics.stages.clone(),
        );
        for (name, help, gauge) in [
            (
                "http_requests_in_flight",
                "Requests being answered",
                &metrics.in_flight,
            ),
            (
                "searches_running",
                "Searches being computed",
                &metrics.searches_running,
            ),
            (
                "searches_waiting",
                "Searches waiting for their turn",
                &metrics.searches_waiting,
            ),
            ("jobs_running", "Imports under way", &metrics.jobs_running),
            ("jobs_queued", "Imports waiting", &metrics.jobs_queued),
        ] {
            registry.register(name, help, gauge.clone());
        }
        registry.register_with_unit(
            "upload_memory",
            "Memory that bodies of requests take",
            Unit::Bytes,
            metrics.upload_bytes.clone(),
        );
        let embedded = metrics.embedded.clone();
        registry.register("embedded_queries", "Query pictures embedded", embedded);
        registry.register(
            "forward_passes",
            "Forward passes that embedded them: fewer than pictures where requests met",
            metrics.forward_passes.clone(),
        );
        registry.register(
            "embedding_cache",
            "Query pictures looked up among those embedded lately",
            metrics.embedding_cache.clone(),
        );
        registry.register(
            "import_files",
            "Files that imports dealt with, by what became of them",
            metrics.imported.clone(),
        );
        Self {
            registry,
            ..metrics
        }
    }

    /// Counts the stages of a search.
    pub(crate) fn searched(&self, answer: &SearchAnswer) {
        let timing = &answer.timing;
        for (stage, milliseconds) in [
            ("features", timing.feature_extraction_ms),
            ("vectors", timing.vector_search_ms),
            ("answer", timing.post_process_ms),
        ] {
            self.stage(stage, milliseconds / 1000.0);
        }
    }

    /// Counts the time that a search waited for its turn.
    pub(crate) fn waited(&self, time: Duration) {
        self.stage("waiting", time.as_secs_f64());
    }

    fn stage(&self, stage: &'static str, seconds: f64) {
        self.stages
            .get_or_create(&StageLabels { stage })
            .observe(seconds);
    }
}

fn latency() -> Histogram {
    // 0.5 ms to 16 s.
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

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
