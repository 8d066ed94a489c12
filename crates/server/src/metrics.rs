//! What the server counts: counters and distributions.

use std::time::Duration;

use lookalike_engine::search::SearchAnswer;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    /// One that HTTP knows, or `other`: what clients make up would be without number.
    pub(crate) method: &'static str,
    /// The endpoint's pattern: paths themselves would be without number.
    pub(crate) route: String,
    pub(crate) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RouteLabels {
    pub(crate) route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct ResultLabels {
    pub(crate) result: &'static str,
}

/// Counters and distributions of one server.
pub(crate) struct Metrics {
    pub(crate) registry: Registry,
    pub(crate) requests: Family<RequestLabels, Counter>,
    pub(crate) latencies: Family<RouteLabels, Histogram>,
    stages: Family<StageLabels, Histogram>,
    pub(crate) in_flight: Gauge,
    pub(crate) searches_running: Gauge,
    pub(crate) searches_waiting: Gauge,
    pub(crate) upload_bytes: Gauge,
    pub(crate) jobs_running: Gauge,
    pub(crate) jobs_queued: Gauge,
    pub(crate) embedded: Counter,
    pub(crate) forward_passes: Counter,
    pub(crate) embedding_cache: Family<ResultLabels, Counter>,
    pub(crate) imported: Family<ResultLabels, Counter>,
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
