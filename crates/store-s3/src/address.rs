//! Where a bucket is, and the addresses of what is in it.

use std::fmt::Write;

use thiserror::Error;

use crate::settings::Addressing;

/// An endpoint or bucket that is none.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{what} `{given}` {reason}")]
pub struct BadAddress {
    pub(crate) what: &'static str,
    pub(crate) given: String,
    pub(crate) reason: &'static str,
}

/// A bucket of a server.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// `http` or `https`.
    scheme: String,
    /// With the port unless that goes without saying, and with the bucket where it is there.
    pub(crate) host: String,
    /// What comes before keys: empty, or a slash and the bucket.
    root: String,
}

impl Address {
    /// A bucket of the server at `endpoint`, such as `https://s3.example.com:9000`.
    pub(crate) fn new(
        endpoint: &str,
        bucket: &str,
        addressing: Addressing,
    ) -> Result<Self, BadAddress> {
        let bad = |reason| BadAddress {
            what: "the S3 endpoint",
            given: endpoint.to_owned(),
            reason,
        };
        let (scheme, host) = endpoint
            .split_once("://")
            .filter(|(scheme, _)| ["http", "https"].contains(scheme))
            .ok_or_else(|| bad("is no address such as https://s3.example.com:9000"))?;
        let host = host.trim_end_matches('/').to_ascii_lowercase();
        if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
            return Err(bad(
                "has more than a host and a port, such as https://s3.example.com:9000",
            ));
        }
        let usual = if scheme == "http" { ":80" } else { ":443" };
        let host = host.strip_suffix(usual).unwrap_or(&host);
        let of_bucket =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(of_bucket) {
            return Err(BadAddress {
                what: "the S3 bucket",
                given: bucket.to_owned(),
                reason: "is no name of 3 to 63 lower-case letters, digits, dots and hyphens",
            });
        }
        let (host, root) = match addressing {
            Addressing::Path => (host.to_owned(), format!("/{bucket}")),
            Addressing::Host => (format!("{bucket}.{host}"), String::new()),
        };
        Ok(Self {
            scheme: scheme.to_owned(),
            host,
            root,
        })
    }

    /// The path of an object, or of the bucket for an empty key; encoded.
    pub(crate) fn path(&self, key: &str) -> String {
        if key.is_empty() && !self.root.is_empty() {
            return self.root.clone();
        }
        format!("{}/{}", self.root, encoded(key, true))
    }

    /// Whether it is this machine itself, which no proxy leads to.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self
            .host
            .rsplit_once(':')
            .map_or(&*self.host, |(host, _)| host);
        host == "localhost" || host.starts_with("127.") || host == "[::1]"
    }

    /// The whole address.
    pub(crate) fn url(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}://{}{path}{mark}{query}", self.scheme, self.host)
    }
}

/// Parameters in the order and the form in which they are signed.
pub(crate) fn query(parameters: &[(&str, &str)]) -> String {
    let mut parameters: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name, false), encoded(value, false)))
        .collect();
    parameters.sort_unstable();
    parameters.join("&")
}

/// With everything but unreserved characters as `%XX`; slashes stay in paths.
pub(crate) fn encoded(text: &str, is_path: bool) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (is_path && byte == b'/') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// What [`encoded`] made of it, with a plus for a space as servers write it.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(endpoint: &str, addressing: Addressing) -> Address {
        Address::new(endpoint, "bucket", addressing).unwrap()
    }

    #[test]
    fn buckets_are_in_the_path_or_in_the_host() {
        let path = address("http://127.0.0.1:9000/", Addressing::Path);
        assert_eq!(
            path.url(&path.path("a b/ü.tif"), "x=1"),
            "http://127.0.0.1:9000/bucket/a%20b/%C3%BC.tif?x=1"
        );
        assert_eq!(path.url(&path.path(""), ""), "http://127.0.0.1:9000/bucket");
        let host = address("https://s3.eu-west-1.amazonaws.com:443", Addressing::Host);
        assert_eq!(
            host.url(&host.path("a"), ""),
            "https://bucket.s3.eu-west-1.amazonaws.com/a"
        );
        assert_eq!(host.path(""), "/");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for endpoint in [
            "",
            "s3.example.com",
            "ftp://x",
            "http://",
            "http://a/b",
            "http://u:p@a",
        ] {
            assert!(
                Address::new(endpoint, "bucket", Addressing::Path).is_err(),
                "{endpoint}"
            );
        }
        for bucket in ["", "ab", "Upper", "a/b", "a b"] {
            assert!(
                Address::new("http://a", bucket, Addressing::Path).is_err(),
                "{bucket}"
            );
        }
    }

    #[test]
    fn texts_come_back_as_they_were() {
        for text in ["", "plain/key.tif", "a b+c%/ü\u{1}\r\n&=?"] {
            assert_eq!(decoded(&encoded(text, true)).as_deref(), Some(text));
        }
        assert_eq!(decoded("a+b").as_deref(), Some("a b"));
        assert_eq!(decoded("%4"), None);
        assert_eq!(decoded("%ff"), None);
        assert_eq!(
            query(&[("prefix", "a/b"), ("delete", "")]),
            "delete=&prefix=a%2Fb"
        );
    }
}
