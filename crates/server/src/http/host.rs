//! Requests that name a host that is not ours are refused while everybody may do everything.
//!
//! A page of another site can have its own name lead to this machine (DNS rebinding), and is of the
//! same origin as the server then. Its requests still name its host. Names of this machine and
//! addresses in digits can't be made to lead elsewhere. Requests that name several hosts are always
//! refused.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::envelope::ApiError;
use crate::state::App;

pub(crate) async fn refuse_others(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    if request.headers().get_all(header::HOST).iter().count() > 1 {
        // RFC 9112, 3.2: a proxy in front may have gone by another than we would.
        return ApiError::invalid("the request names several hosts").into_response();
    }
    let host = request.headers().get(header::HOST);
    let host = host.map(|host| host.to_str().unwrap_or_default());
    match (&app.options().hosts, host) {
        (Some(hosts), Some(host)) if !is_ours(host, hosts) => ApiError::new(
            StatusCode::FORBIDDEN,
            "the server does not go by this name; its setting `hosts` lists names besides localhost",
        )
        .into_response(),
        _ => next.run(request).await,
    }
}

/// `host` may have a port.
fn is_ours(host: &str, hosts: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok()
        || hosts.iter().any(|host| host.eq_ignore_ascii_case(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_lead_here_are_ours() {
        let hosts = ["designs.example.org".to_owned()];
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "app.localhost:8080",
            "127.0.0.1:8080",
            "192.0.2.7",
            "[::1]:8080",
            "[::1]",
            "Designs.example.org.:443",
        ] {
            assert!(is_ours(host, &hosts), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example",
            "designs.example.org.evil.example",
            "evil.example:localhost",
        ] {
            assert!(!is_ours(host, &hosts), "{host}");
        }
    }
}
