//! Which machines may be asked: those of the public internet.
//!
//! Whoever writes the table, or a server that redirects, could otherwise make this machine
//! fetch pages of its own network, or the secrets that clouds hand out at 169.254.169.254.
//! The check is part of the resolver, so it sees the very addresses that are connected to:
//! a name that first means one machine and then another doesn't slip through.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Resolves names to public addresses only.
#[derive(Debug, Default)]
pub(super) struct PublicResolver(DefaultResolver);

/// A name that means no public address.
#[derive(Debug, thiserror::Error)]
#[error("{name}{address} is an address of a private network")]
pub(super) struct PrivateAddress {
    /// `host is at `, for hosts that are not written as the address itself.
    name: String,
    address: IpAddr,
}

impl PrivateAddress {
    fn new(host: &str, address: IpAddr) -> Self {
        let is_itself = host.trim_matches(['[', ']']).parse() == Ok(address);
        let name = if is_itself {
            String::new()
        } else {
            format!("{host} is at {address}: ")
        };
        Self { name, address }
    }
}

impl Resolver for PublicResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let resolved = self.0.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        let mut private = None;
        for address in &resolved {
            if is_public(address.ip()) {
                public.push(*address);
            } else {
                private = Some(address.ip());
            }
        }
        match private {
            Some(address) if public.is_empty() => Err(ureq::Error::Other(
                PrivateAddress::new(uri.host().unwrap_or_default(), address).into(),
            )),
            _ => Ok(public),
        }
    }
}

/// Whether an address belongs to the public internet: globally reachable by the
/// special-purpose registries of IANA (RFC 6890 and its updates), no multicast, and not the
/// metadata service that Azure puts on a public address.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // "This network" and the unspecified address.
        [0, ..]
        | [10, ..]
        // Between providers and their customers (CGNAT, RFC 6598).
        | [100, 64..=127, ..]
        | [127, ..]
        // Link-local; metadata of clouds.
        | [169, 254, ..]
        | [172, 16..=31, ..]
        // Protocol assignments.
        | [192, 0, 0, _]
        // Documentation.
        | [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _]
        | [192, 168, ..]
        // Benchmarks (RFC 2544).
        | [198, 18 | 19, ..]
        // Azure's metadata and name service.
        | [168, 63, 129, 16]
        // Multicast, reserved, broadcast.
        | [224..=255, ..]
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // IPv4-mapped: the connection goes to the IPv4 address.
        [0, 0, 0, 0, 0, 0xffff, high, low] => embedded(high, low),
        // NAT64 (RFC 6052) and 6to4 (RFC 3056) lead to an IPv4 address too.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Protocol assignments, Teredo among them.
        [0x2001, 0..=0x1ff, ..]
        // Documentation (RFC 3849, RFC 9637).
        | [0x2001, 0xdb8, ..]
        | [0x3fff, 0..=0xfff, ..] => false,
        // All that is handed out as global unicast; unspecified, loopback, unique local,
        // link-local, site-local, multicast and discard addresses lie outside.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_networks_are_refused_to_their_edges() {
        for private in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.0",
            "10.255.255.255",
            "100.64.0.0",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.0.0",
            "169.254.169.254",
            "169.254.255.255",
            "172.16.0.0",
            "172.31.255.255",
            "192.0.0.0",
            "192.0.0.255",
            "192.0.2.1",
            "192.168.0.0",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.0",
            "239.255.255.255",
            "240.0.0.0",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:0.0.0.0",
            "::ffff:10.1.2.3",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:192.168.1.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "100::",
            "2001::1",
            "2001:0:808:808::1",
            "2001:1ff:ffff::",
            "2001:db8::",
            "2001:db8:ffff::1",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2002:c0a8:101::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fc00::",
            "fd00:ec2::254",
            "fdff:ffff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn neighbours_of_private_networks_are_public() {
        for public in [
            "1.0.0.0",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2000::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7:ffff::1",
            "2001:db9::1",
            "2002:808:808::1",
            "2606:4700::1111",
            "3ffe:ffff::1",
            "3fff:1000::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn names_and_spellings_of_this_machine_are_refused_where_they_are_resolved() {
        let agent = ureq::Agent::with_parts(
            Config::builder().proxy(None).build(),
            ureq::unversioned::transport::DefaultConnector::new(),
            PublicResolver::default(),
        );
        for url in [
            "http://localhost:9/",
            "http://127.0.0.1:9/",
            "http://127.1:9/",
            "http://0x7f000001:9/",
            "http://2130706433:9/",
            "http://[::1]:9/",
            "http://[::ffff:127.0.0.1]:9/",
            "http://169.254.169.254/latest/meta-data/",
        ] {
            let error = agent.get(url).call().unwrap_err();
            assert!(
                error.to_string().contains("private network"),
                "{url}: {error}"
            );
        }
    }
}
