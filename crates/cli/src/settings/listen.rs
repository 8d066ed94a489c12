//! Where the server listens.

use std::net::{SocketAddr, ToSocketAddrs};
use std::str::FromStr;

use serde::Deserialize;

/// An address of this machine and a port: `127.0.0.1:8080`, or with a name, `localhost:8080`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct ListenAddress(pub(crate) SocketAddr);

impl Default for ListenAddress {
    fn default() -> Self {
        Self(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse() {
            return Ok(Self(address));
        }
        let advice = "give an address and a port, such as 127.0.0.1:8080 or localhost:8080";
        if !text.contains(':') {
            return Err(format!("`{text}` has no port; {advice}"));
        }
        let addresses = text.to_socket_addrs().map_err(|error| {
            format!("`{text}` is no address of this machine ({error}); {advice}")
        })?;
        // A name may stand for several: what most clients try is the one of IPv4.
        let (mut first, mut of_v4) = (None, None);
        for address in addresses {
            first = first.or(Some(address));
            of_v4 = of_v4.or(address.is_ipv4().then_some(address));
        }
        of_v4
            .or(first)
            .map(Self)
            .ok_or_else(|| format!("`{text}` stands for no address; {advice}"))
    }
}

impl TryFrom<String> for ListenAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_addresses() {
        for (text, expected) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("[::1]:0", "[::1]:0"),
            ("localhost:18603", "127.0.0.1:18603"),
        ] {
            let found: ListenAddress = text.parse().unwrap();
            assert_eq!(found.0.to_string(), expected);
        }
    }

    #[test]
    fn what_is_none_is_refused_with_an_example() {
        for text in ["", "8080", "localhost", "127.0.0.1:x", "127.0.0.1:70000"] {
            let error = text.parse::<ListenAddress>().unwrap_err();
            assert!(error.contains("such as 127.0.0.1:8080"), "{error}");
        }
    }
}
