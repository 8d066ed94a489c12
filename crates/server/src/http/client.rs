//! Where a request comes from, and whether it came by TLS.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::state::App;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The other end of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address, where it is known.
    pub(crate) address: Option<IpAddr>,
    /// Whether what it sends is encrypted on its way to us, or to a proxy that we trust.
    pub(crate) is_tls: bool,
}

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip());
        let proxies = &app.options().access.trusted_proxies;
        Ok(Self::of(peer, &parts.headers, proxies))
    }
}

impl Client {
    /// Only a trusted proxy's headers count: anybody can write them. Each proxy appends to them.
    fn of(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> Self {
        let peer = peer.map(|peer| peer.to_canonical());
        let is_trusted = |address: &IpAddr| proxies.iter().any(|ip| ip.to_canonical() == *address);
        if !peer.as_ref().is_some_and(is_trusted) {
            return Self {
                address: peer,
                is_tls: false,
            };
        }
        let mut address = peer;
        for named in parts_of(headers, FORWARDED_FOR).iter().rev() {
            let Some(named) = address_in(named) else {
                break;
            };
            address = Some(named);
            if !is_trusted(&named) {
                break;
            }
        }
        let schemes = parts_of(headers, FORWARDED_PROTO);
        Self {
            address,
            is_tls: schemes
                .last()
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
        }
    }
}

fn parts_of<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let values = headers.get_all(name).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect()
}

/// Some proxies add a port.
fn address_in(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded_for: &[&'static str], proto: &'static str) -> Client {
        let mut headers = HeaderMap::new();
        for value in forwarded_for {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        headers.insert(FORWARDED_PROTO, HeaderValue::from_static(proto));
        let proxies = ["10.0.0.1", "10.0.0.2"].map(|address| address.parse().unwrap());
        Client::of(Some(peer.parse().unwrap()), &headers, &proxies)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let is = |client: Client, address: &str, is_tls| {
            let address = Some(address.parse().unwrap());
            assert_eq!(client, Client { address, is_tls });
        };
        is(
            client("192.0.2.7", &["198.51.100.1"], "https"),
            "192.0.2.7",
            false,
        );
        is(
            client("10.0.0.1", &["198.51.100.1"], "https"),
            "198.51.100.1",
            true,
        );
        is(
            client("::ffff:10.0.0.1", &["198.51.100.1:443"], "http"),
            "198.51.100.1",
            false,
        );
        // The first was written by the client itself.
        let chain = ["203.0.113.9, 198.51.100.1", "10.0.0.2"];
        is(
            client("10.0.0.1", &chain, "http, https"),
            "198.51.100.1",
            true,
        );
        is(
            client("10.0.0.1", &["198.51.100.1, nonsense"], ""),
            "10.0.0.1",
            false,
        );
        is(client("10.0.0.1", &[], "https"), "10.0.0.1", true);
    }
}
