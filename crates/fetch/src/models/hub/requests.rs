//! Requests to the hub: with its token, which goes to no other host, and redirects followed by
//! hand.

use std::fs;
use std::time::Duration;

use ureq::http::{Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::{Failure, Pull};
use crate::models::web::{absolute, header, is_loopback, same_origin};
use crate::models::{HubEnvironment, ModelError, io_error};

/// The hub redirects once or twice; more is a loop.
pub(super) const MAX_REDIRECTS: u32 = 8;

impl Pull<'_> {
    /// Whether the file is there.
    pub(super) fn accept(&self, status: StatusCode) -> Result<bool, Failure> {
        match status.as_u16() {
            200..=299 => Ok(true),
            404 => Ok(false),
            status @ (401 | 403) => Err(Failure::Final(ModelError::Denied {
                repository: self.repository.to_owned(),
                endpoint: self.environment.endpoint.clone(),
                status,
            })),
            status => Err(Failure::Passing(format!(
                "the server answers with status {status}"
            ))),
        }
    }

    pub(super) fn get(&self, file: &str, start: u64) -> Result<Response<Body>, Failure> {
        let mut url = self.url(file);
        for _ in 0..MAX_REDIRECTS {
            let mut request = self.agent(&url).get(&url);
            if start > 0 {
                request = request.header("range", format!("bytes={start}-"));
            }
            let answer = self
                .authorised(request, &url)
                .call()
                .map_err(|error| passing(&error))?;
            if !answer.status().is_redirection() {
                return Ok(answer);
            }
            url = self.redirected(&url, &answer)?;
        }
        Err(Failure::Passing(format!(
            "more than {MAX_REDIRECTS} redirects"
        )))
    }

    pub(super) fn url(&self, file: &str) -> String {
        format!(
            "{}/{}/resolve/{}/{file}",
            self.environment.endpoint, self.repository, self.revision
        )
    }

    /// The token goes to the hub itself and to nobody it points to.
    pub(super) fn authorised<State>(
        &self,
        request: ureq::RequestBuilder<State>,
        url: &str,
    ) -> ureq::RequestBuilder<State> {
        match &self.environment.token {
            Some(token) if same_origin(url, &self.environment.endpoint) => {
                request.header("authorization", format!("Bearer {token}"))
            }
            _ => request,
        }
    }

    /// Where an answer points to, as an absolute address.
    pub(super) fn redirected(&self, url: &str, answer: &Response<Body>) -> Result<String, Failure> {
        let location = header(answer.headers(), "location");
        let target = location.and_then(|location| absolute(url, location));
        target.ok_or_else(|| Failure::Passing(format!("{url} redirects to nowhere: {location:?}")))
    }

    /// Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY` ...) are used,
    /// except to this machine itself.
    pub(super) fn agent(&self, url: &str) -> Agent {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(self.tls.clone())
            .user_agent(concat!("lookalike/", env!("CARGO_PKG_VERSION")))
            // A compressed answer has another length than the file.
            .accept_encoding("identity")
            .timeout_connect(Some(Duration::from_secs(15)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_per_read(Some(Duration::from_secs(60)));
        if is_loopback(url) {
            config.proxy(None).build().into()
        } else {
            config.build().into()
        }
    }
}

/// Trusts the public certificates, or those of the user's bundle instead.
pub(super) fn tls(environment: &HubEnvironment) -> Result<TlsConfig, ModelError> {
    let Some(bundle) = &environment.ca_bundle else {
        return Ok(TlsConfig::default());
    };
    let pem = fs::read(bundle).map_err(io_error(bundle))?;
    let certificates: Vec<_> = parse_pem(&pem)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .build())
}

pub(super) fn passing(error: &ureq::Error) -> Failure {
    Failure::Passing(error.to_string())
}
