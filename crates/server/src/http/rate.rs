//! Refuses requests of a client that makes too many, where the settings say so.

use std::net::IpAddr;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::client::Client;
use crate::http::envelope::ApiError;
use crate::state::App;

/// Refuses what is above the limit. The network of an IPv6 address counts, not the address: one
/// client has as many of those as it likes.
pub(crate) async fn limit(
    State(app): State<App>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    if let (Some(a_minute), Some(address)) = (app.options().max_requests_per_minute, client.address)
        && let Err(wait) = app.rates().take(network(address), a_minute, Instant::now())
    {
        return ApiError::too_many(wait).into_response();
    }
    next.run(request).await
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_is_one_client() {
        let [a, b, c] =
            ["2001:db8::1", "2001:db8::2", "2001:db8:1::1"].map(|ip| network(ip.parse().unwrap()));
        assert!(a == b && a != c);
    }
}
