//! The connection to Milvus: made at the first request, and again by itself whenever it broke.
//!
//! Callers block: the store's traits do, and a search waits for its answer in any case. Every request
//! that is made may be made twice (rows are put by their keys and deleted by them), so what fails for
//! a moment is tried again here.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::uri::PathAndQuery;
use prost::Message;
use tokio::runtime::{Builder, Runtime};
use tonic::Request;
use tonic::client::Grpc;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic_prost::ProstCodec;

use crate::MilvusSettings;
use crate::error::MilvusError;
use crate::wire::Answer;

/// How long it may take to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection that is not used is tried, so that one that died unnoticed is not waited for.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How long a look at Milvus's health may take.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// Waits before a request is made again.
const WAITS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];

/// Bytes of an answer: 16,384 vectors of 1,536 values are 100 MB.
const MOST_ANSWER_BYTES: usize = 256 << 20;

/// Bytes of a request: what Milvus takes by its own default.
const MOST_REQUEST_BYTES: usize = 64 << 20;

/// A connection.
pub(crate) struct Client {
    grpc: Grpc<Channel>,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    authorization: Option<MetadataValue<Ascii>>,
    timeout: Duration,
    address: String,
    database: String,
}

impl Client {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// A setting is no good: the certificates can't be read, the address or token can't be sent.
    pub(crate) fn new(settings: &MilvusSettings) -> Result<Self, String> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("milvus")
            .enable_all()
            .build()
            .map_err(|error| format!("no thread for the connection to Milvus: {error}"))?;
        let endpoint = endpoint(settings)?;
        let channel = {
            let _inside = runtime.enter();
            endpoint.connect_lazy()
        };
        let authorization = settings.token.as_ref().map(|token| {
            let encoded = STANDARD.encode(token);
            encoded.parse().map_err(|_| "the token can't be sent")
        });
        Ok(Self {
            grpc: Grpc::new(channel)
                .max_decoding_message_size(MOST_ANSWER_BYTES)
                .max_encoding_message_size(MOST_REQUEST_BYTES),
            runtime: Some(runtime),
            authorization: authorization.transpose()?,
            timeout: settings.timeout,
            address: settings
                .address
                .authority()
                .map_or_else(|| settings.address.to_string(), ToString::to_string),
            database: settings.database.clone(),
        })
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// Makes a request, again where it fails for a moment.
    pub(crate) fn call<A: Answer>(
        &self,
        method: &'static str,
        message: &(impl Message + Clone + 'static),
    ) -> Result<A, MilvusError> {
        let mut waits = WAITS.iter();
        let began = Instant::now();
        loop {
            match (
                self.once(method, message.clone(), self.timeout),
                waits.next(),
            ) {
                // What took its whole time would take it again.
                (Err(error), Some(wait)) if error.passes() && began.elapsed() < self.timeout => {
                    tracing::debug!("Milvus, again in {wait:?}: {error}");
                    thread::sleep(*wait);
                }
                (result, _) => return result,
            }
        }
    }

    /// Makes a request that is to be answered at once or not at all.
    pub(crate) fn ping<A: Answer>(
        &self,
        method: &'static str,
        message: impl Message + 'static,
    ) -> Result<A, MilvusError> {
        self.once(method, message, PING_TIMEOUT.min(self.timeout))
    }

    fn once<Q: Message + 'static, A: Answer>(
        &self,
        method: &'static str,
        message: Q,
        timeout: Duration,
    ) -> Result<A, MilvusError> {
        let Some(runtime) = &self.runtime else {
            return Err(MilvusError::Away("the connection is closed".into()));
        };
        let late = || {
            let seconds = timeout.as_secs_f64();
            MilvusError::Away(format!("{method}: no answer within {seconds} s"))
        };
        let answer = runtime.block_on(async {
            let answered = tokio::time::timeout(timeout, self.send::<Q, A>(method, message));
            answered.await.unwrap_or_else(|_| Err(late()))
        })?;
        match answer.status() {
            Some(status) if status.code != 0 || status.error_code != 0 => {
                let status = status.clone();
                Err(MilvusError::Refused { method, status })
            }
            _ => Ok(answer),
        }
    }

    async fn send<Q: Message + 'static, A: Answer>(
        &self,
        method: &'static str,
        message: Q,
    ) -> Result<A, MilvusError> {
        let mut grpc = self.grpc.clone();
        let unavailable = |error: tonic::transport::Error| {
            let status = tonic::Status::from_error(Box::new(error));
            MilvusError::of_transport(method, &status)
        };
        grpc.ready().await.map_err(unavailable)?;
        let path = PathAndQuery::try_from(format!("/milvus.proto.milvus.MilvusService/{method}"))
            .map_err(|error| MilvusError::Odd(error.to_string()))?;
        let mut request = Request::new(message);
        if let Some(authorization) = &self.authorization {
            let metadata = request.metadata_mut();
            metadata.insert("authorization", authorization.clone());
        }
        let answer = grpc.unary(request, path, ProstCodec::<Q, A>::default());
        match answer.await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => Err(MilvusError::of_transport(method, &status)),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Not waited for: whoever drops this may be a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn endpoint(settings: &MilvusSettings) -> Result<Endpoint, String> {
    let endpoint = Endpoint::from(settings.address.clone())
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    if settings.address.scheme_str() != Some("https") {
        return Ok(endpoint);
    }
    let mut tls = ClientTlsConfig::new().with_webpki_roots();
    if let Some(file) = &settings.ca_file {
        let pem = fs::read(file).map_err(|error| {
            let file = file.display();
            format!("the certificates of Milvus in {file} can't be read: {error}")
        })?;
        tls = tls.ca_certificate(Certificate::from_pem(pem));
    }
    if let Some(name) = &settings.server_name {
        tls = tls.domain_name(name);
    }
    endpoint
        .tls_config(tls)
        .map_err(|error| format!("no encrypted connection to Milvus is possible: {error}"))
}
