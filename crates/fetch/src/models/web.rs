//! Addresses and headers of the hub.

use ureq::http::{HeaderMap, Uri};

/// A header's value, if it is text.
pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A header whose value becomes part of an address.
pub(super) fn plain_header(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = header(headers, name)?;
    (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then(|| value.to_owned())
}

/// Large files have their SHA-256 as tag; others a Git hash, which is of no use
/// here.
pub(super) fn sha256_of_etag(etag: &str) -> Option<String> {
    let tag = etag.trim().trim_start_matches("W/").trim_matches('"');
    (tag.len() == 64 && tag.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .then(|| tag.to_ascii_lowercase())
}

/// The 5 of `bytes 5-9/10`.
pub(super) fn range_start(range: &str) -> Option<u64> {
    range
        .trim()
        .strip_prefix("bytes")?
        .trim_start()
        .split_once('-')?
        .0
        .parse()
        .ok()
}

/// `location`, which may leave out scheme, host or folder, seen from `base`.
pub(super) fn absolute(base: &str, location: &str) -> Option<String> {
    let (scheme, rest) = base.split_once("://")?;
    let host = rest.split('/').next()?;
    if location.starts_with("https://") || location.starts_with("http://") {
        Some(location.to_owned())
    } else if location.starts_with("//") {
        Some(format!("{scheme}:{location}"))
    } else if location.starts_with('/') {
        Some(format!("{scheme}://{host}{location}"))
    } else {
        let path = base.split(['?', '#']).next()?;
        let folder = path
            .rfind('/')
            .filter(|end| *end > scheme.len() + 2)
            .map_or(path, |end| &path[..end]);
        (!location.is_empty()).then(|| format!("{folder}/{location}"))
    }
}

/// Scheme, host and port.
pub(super) fn same_origin(one: &str, other: &str) -> bool {
    let origin = |url: &str| {
        let uri: Uri = url.parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let port = uri
            .port_u16()
            .unwrap_or(if scheme == "https" { 443 } else { 80 });
        Some((scheme, uri.host()?.to_ascii_lowercase(), port))
    };
    origin(one).is_some_and(|own| origin(other) == Some(own))
}

/// Whether it is this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let host = uri
        .as_ref()
        .and_then(Uri::host)
        .unwrap_or_default()
        .trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_may_leave_parts_out() {
        let base = "https://hub.example:8443/a/b/resolve/main/c.json?x=/y";
        for (location, wanted) in [
            ("http://cdn.example/z", Some("http://cdn.example/z")),
            ("//cdn.example/z", Some("https://cdn.example/z")),
            ("/api/z?q", Some("https://hub.example:8443/api/z?q")),
            ("z", Some("https://hub.example:8443/a/b/resolve/main/z")),
            ("", None),
        ] {
            assert_eq!(absolute(base, location).as_deref(), wanted, "{location}");
        }
        assert_eq!(
            absolute("https://hub.example", "z").as_deref(),
            Some("https://hub.example/z")
        );
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let hub = "https://hub.example";
        for same in [
            "https://hub.example/a",
            "https://HUB.example:443/",
            "HTTPS://hub.example/b?c",
        ] {
            assert!(same_origin(same, hub), "{same}");
        }
        for other in [
            "http://hub.example/",
            "https://hub.example:444/",
            "https://hub.example.evil/",
            "https://evil/hub.example",
            "https://hub.example@evil/",
            "nonsense",
            "",
        ] {
            assert!(!same_origin(other, hub), "{other}");
        }
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for here in [
            "http://localhost:1/",
            "http://127.0.0.1/",
            "http://127.1.2.3:9/",
            "http://[::1]:8080/x",
        ] {
            assert!(is_loopback(here), "{here}");
        }
        for there in [
            "http://127.0.0.1.example/",
            "http://10.0.0.1/",
            "https://huggingface.co/localhost",
        ] {
            assert!(!is_loopback(there), "{there}");
        }
    }

    #[test]
    fn only_long_tags_are_checksums() {
        let sum = "AB".repeat(32);
        assert_eq!(
            sha256_of_etag(&format!("W/\"{sum}\"")),
            Some("ab".repeat(32))
        );
        for tag in [
            "\"0123456789abcdef0123456789abcdef01234567\"",
            "",
            "\"\"",
            &"zz".repeat(32),
        ] {
            assert_eq!(sha256_of_etag(tag), None, "{tag}");
        }
    }

    #[test]
    fn ranges_start_where_they_say() {
        assert_eq!(range_start("bytes 5-9/10"), Some(5));
        for bad in ["bytes */10", "bytes", "5-9/10", ""] {
            assert_eq!(range_start(bad), None, "{bad}");
        }
    }
}
