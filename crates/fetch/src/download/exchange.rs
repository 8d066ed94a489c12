//! One request and its answer, redirects not followed: each may lead to another host, whose
//! turn it must be first.

use std::time::Duration;

use ureq::config::Config;
use ureq::http::{HeaderMap, Response};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Timeout};

use super::DownloadSettings;
use super::address::{PrivateAddress, PublicResolver};
use super::error::DownloadError;
use super::retry_after;
use super::save::{Draft, Refused, Store};
use super::target::Target;

/// Formats that can be read, so that servers with a choice send none of the others.
const ACCEPT: &str =
    "image/jpeg, image/png, image/webp, image/tiff, image/gif, image/bmp, */*;q=0.1";

/// How an exchange ended.
pub(super) enum Exchange {
    /// A picture has arrived.
    Picture(Draft, u16),
    /// It is elsewhere.
    Redirect(Target),
    /// The host asks to come later.
    Busy(Failure, Option<Duration>),
    /// A failure that may pass.
    Passing(Failure),
    /// A failure that won't.
    Final(Failure),
    /// An address of a private network, which is not asked.
    Private(Failure),
}

/// Why there is no picture.
pub(super) struct Failure {
    pub(super) reason: String,
    pub(super) status: Option<u16>,
}

/// Sends requests; shared by threads.
pub(super) struct Client<'a> {
    agent: Agent,
    settings: &'a DownloadSettings,
}

impl<'a> Client<'a> {
    pub(super) fn new(settings: &'a DownloadSettings) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("lookalike/", env!("CARGO_PKG_VERSION")))
            .accept(ACCEPT)
            // Pictures are compressed already, and sizes should be those of the files.
            .accept_encoding("identity")
            .timeout_resolve(Some(settings.connect_timeout))
            .timeout_connect(Some(settings.connect_timeout))
            .max_idle_connections(settings.parallel)
            .max_idle_connections_per_host(settings.per_host);
        let agent = if settings.allow_private {
            config.build().into()
        } else {
            // A proxy looks names up by itself: the check would not see what it connects to.
            Agent::with_parts(
                config.proxy(None).build(),
                DefaultConnector::new(),
                PublicResolver::default(),
            )
        };
        Self { agent, settings }
    }

    /// Ends all exchanges at once; there can be no more.
    pub(super) fn shut_down(&self) {
        self.agent.clone().shutdown();
    }

    /// Asks for a picture, for as long as `left` allows.
    ///
    /// # Errors
    /// Of this machine's files only.
    pub(super) fn fetch(
        &self,
        target: &Target,
        left: Duration,
        store: &Store,
    ) -> Result<Exchange, DownloadError> {
        let url = target.url();
        let mut request = self.agent.get(&url).config().timeout_global(Some(left));
        if crate::models::is_loopback(&url) {
            request = request.proxy(None);
        }
        let mut answer = match request.build().call() {
            Ok(answer) => answer,
            Err(error) => return Ok(self.broken(error)),
        };
        let status = answer.status().as_u16();
        let failure = |reason: String| Failure {
            reason,
            status: Some(status),
        };
        match status {
            200 | 203 => self.receive(&mut answer, store),
            301 | 302 | 303 | 307 | 308 => Ok(match redirected(target, answer.headers()) {
                Ok(target) => Exchange::Redirect(target),
                Err(reason) => Exchange::Final(failure(reason)),
            }),
            429 | 503 => {
                let wait = header(answer.headers(), "retry-after")
                    .and_then(|value| retry_after::parse(value, (self.settings.clock)()));
                let reason = format!("the server is busy (status {status})");
                Ok(Exchange::Busy(failure(reason), wait))
            }
            500.. => {
                let reason = format!("the server failed (status {status})");
                Ok(Exchange::Passing(failure(reason)))
            }
            404 | 410 => Ok(Exchange::Final(failure(format!(
                "there is no such file (status {status})"
            )))),
            401 | 403 => Ok(Exchange::Final(failure(format!(
                "the server refuses access (status {status})"
            )))),
            _ => Ok(Exchange::Final(failure(format!(
                "the server answers with status {status}"
            )))),
        }
    }

    fn receive(
        &self,
        answer: &mut Response<Body>,
        store: &Store,
    ) -> Result<Exchange, DownloadError> {
        let status = answer.status().as_u16();
        let length = header(answer.headers(), "content-length").and_then(|text| text.parse().ok());
        let media_type = header(answer.headers(), "content-type").unwrap_or("no type");
        let media_type: String = media_type.chars().take(80).collect();
        let mut body = answer.body_mut().as_reader();
        Ok(match store.receive(&mut body, length, &media_type)? {
            Ok(draft) => Exchange::Picture(draft, status),
            Err(Refused::Broken(error)) => match self.broken(error.into()) {
                Exchange::Passing(failure) | Exchange::Final(failure) => {
                    Exchange::Passing(Failure {
                        status: Some(status),
                        ..failure
                    })
                }
                other => other,
            },
            Err(Refused::Unusable(reason)) => Exchange::Final(Failure {
                reason,
                status: Some(status),
            }),
        })
    }

    /// What a broken exchange means.
    fn broken(&self, error: ureq::Error) -> Exchange {
        let seconds = |time: Duration| time.as_secs_f64();
        let DownloadSettings {
            connect_timeout,
            file_timeout,
            ..
        } = self.settings;
        let reason = match &error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                format!("no connection within {} s", seconds(*connect_timeout))
            }
            ureq::Error::Timeout(_) => {
                format!("not complete after {} s", seconds(*file_timeout))
            }
            ureq::Error::Io(error) => format!("the connection failed: {error}"),
            ureq::Error::HostNotFound => "there is no host of that name".to_owned(),
            ureq::Error::Other(cause) => cause.to_string(),
            error => error.to_string(),
        };
        let failure = Failure {
            reason,
            status: None,
        };
        match error {
            ureq::Error::Other(cause) if cause.is::<PrivateAddress>() => Exchange::Private(failure),
            ureq::Error::BadUri(_) | ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
                Exchange::Final(failure)
            }
            _ => Exchange::Passing(failure),
        }
    }
}

fn redirected(from: &Target, headers: &HeaderMap) -> Result<Target, String> {
    let location = headers.get("location").map(|value| value.as_bytes());
    let location = location.and_then(|bytes| std::str::from_utf8(bytes).ok());
    let location = location.ok_or("the server redirects to nowhere")?;
    from.join(location)
        .map_err(|reason| format!("the server redirects to `{location}`: {reason}"))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a proxy is set up that is left aside because it could not be checked what it
/// connects to.
pub(super) fn leaves_proxy_aside(settings: &DownloadSettings) -> bool {
    !settings.allow_private && Config::default().proxy().is_some()
}
