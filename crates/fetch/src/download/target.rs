//! An address to download from, as it goes over the wire.
//!
//! Tables hold addresses as people copy them from browsers: with spaces and letters of any
//! language. They are encoded here as a browser does; a parser with all rules of the web
//! would cost a dozen dependencies for host names beyond ASCII, which are refused instead.

use std::fmt::Write;

use ureq::http::Uri;

/// Letters of the address that name the file.
const STEM_BYTES: usize = 80;

/// An absolute `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    scheme: &'static str,
    /// Host and port, if one was given; lower case.
    authority: String,
    /// Begins with a slash; dot segments are gone.
    path: String,
    /// Empty, or begins with a question mark.
    query: String,
}

impl Target {
    /// Reads an address.
    ///
    /// # Errors
    /// The reason, for users.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("not an address: it must begin with http:// or https://")?;
        let scheme = ["http", "https"]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known))
            .ok_or("only http and https addresses are downloaded")?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let target = Self {
            scheme,
            authority: checked_authority(authority)?,
            path: without_dot_segments(&encoded(path)),
            query: encoded(query),
        };
        // The HTTP library is the last judge of what it can send.
        match target.url().parse::<Uri>() {
            Ok(uri) if uri.host().is_some_and(|host| !host.is_empty()) => Ok(target),
            Ok(_) => Err("the address names no host".to_owned()),
            Err(error) => Err(format!("not an address: {error}")),
        }
    }

    /// Where a redirect from here leads (RFC 3986, section 5.2).
    pub(super) fn join(&self, location: &str) -> Result<Self, String> {
        let location = location.trim();
        let Self {
            scheme,
            authority,
            path,
            query,
        } = self;
        let end = location.find(['/', '?', '#']).unwrap_or(location.len());
        let absolute = if location[..end].contains(':') {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.starts_with('/') {
            format!("{scheme}://{authority}{location}")
        } else if location.starts_with('?') {
            format!("{scheme}://{authority}{path}{location}")
        } else if location.is_empty() || location.starts_with('#') {
            format!("{scheme}://{authority}{path}{query}")
        } else {
            let folder = &path[..path.rfind('/').map_or(0, |slash| slash + 1)];
            format!("{scheme}://{authority}{folder}{location}")
        };
        Self::parse(&absolute)
    }

    /// The whole address, in ASCII.
    pub(super) fn url(&self) -> String {
        let Self {
            scheme,
            authority,
            path,
            query,
        } = self;
        format!("{scheme}://{authority}{path}{query}")
    }

    /// Host and port: what politeness counts by.
    pub(super) fn host(&self) -> &str {
        &self.authority
    }

    /// What people would recognise the file by: the last part of the path in `[A-Za-z0-9._-]`,
    /// at most 80 letters, without the ending of a picture. Never empty, never a path.
    pub(super) fn file_stem(&self) -> String {
        let segment = self.path.rsplit('/').find(|segment| !segment.is_empty());
        let mut stem = String::new();
        for letter in decoded(segment.unwrap_or_default()).chars() {
            match letter {
                'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' => stem.push(letter),
                _ if stem.ends_with('_') => {}
                _ => stem.push('_'),
            }
        }
        let endings = ["jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff"];
        if let Some((name, ending)) = stem.rsplit_once('.')
            && endings
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        {
            stem.truncate(name.len());
        }
        stem.truncate(STEM_BYTES);
        match stem.trim_matches(['.', '_', '-']) {
            "" => "image".to_owned(),
            stem => stem.to_owned(),
        }
    }
}

fn checked_authority(authority: &str) -> Result<String, String> {
    if authority.contains('@') {
        return Err("addresses with a user name or password are not supported".to_owned());
    }
    if !authority.is_ascii() {
        return Err("write the host's name in its ASCII form (xn--...)".to_owned());
    }
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match authority[host_end..].split_once(':') {
        Some((host, port)) => (format!("{}{host}", &authority[..host_end]), port),
        None => (authority.to_owned(), ""),
    };
    let host = host.to_ascii_lowercase();
    match port {
        "" => Ok(host),
        port if port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok() => {
            Ok(format!("{host}:{port}"))
        }
        port => Err(format!("`{port}` is not a port")),
    }
}

/// Percent-encodes what may not stand in an address; what is encoded already stays.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | 0..=b' ' | 127.. => {
                // Writing to a string can't fail.
                let _ = write!(out, "%{byte:02X}");
            }
            _ => out.push(char::from(byte)),
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let hex = |digit: &u8| char::from(*digit).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = match after {
            [high, low, ..] if *first == b'%' => hex(high).zip(hex(low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Resolves `.` and `..` (RFC 3986, section 5.2.4); the result begins with a slash.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.into_iter().enumerate() {
        match segment {
            ".." => {
                kept.pop();
            }
            "." => {}
            _ => {
                kept.push(segment);
                continue;
            }
        }
        // `/a/..` is the folder `/`, not a file of no name.
        if index == last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Target {
        Target::parse(text).unwrap()
    }

    #[test]
    fn addresses_are_written_as_browsers_send_them() {
        for (text, wanted) in [
            ("http://a.example", "http://a.example/"),
            (
                " HTTPS://A.Example:8443/B?c=D#e ",
                "https://a.example:8443/B?c=D",
            ),
            ("http://a.example?x=/y", "http://a.example/?x=/y"),
            (
                "http://a.example/red chair.jpg",
                "http://a.example/red%20chair.jpg",
            ),
            (
                "http://a.example/%e6%A4%85.jpg?q=椅",
                "http://a.example/%e6%A4%85.jpg?q=%E6%A4%85",
            ),
            ("http://a.example/a/./b/../c", "http://a.example/a/c"),
            ("http://a.example/../../c", "http://a.example/c"),
            ("http://a.example/a/..", "http://a.example/"),
            ("http://a.example//a//b", "http://a.example//a//b"),
            ("http://[::1]:80/", "http://[::1]:80/"),
            ("http://a.example:/x", "http://a.example/x"),
        ] {
            assert_eq!(parsed(text).url(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_the_web_is_refused() {
        for text in [
            "",
            "chair.jpg",
            "/etc/passwd",
            "file:///etc/passwd",
            "ftp://a.example/x",
            "javascript:alert(1)",
            "data:image/png;base64,AAAA",
            "http://",
            "http:///x",
            "http://:80/x",
            "http://user:secret@a.example/x",
            "http://a.example@10.0.0.1/x",
            "http://a.example:99999/",
            "http://a.example:8o/",
            "http://[::1/",
            "http://::1/",
            "http://a b.example/",
            "http://a.example\\@b.example/",
            "http://stühle.example/",
            "http://a.example\r\nx: y/",
        ] {
            assert!(Target::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn redirects_may_leave_parts_out() {
        let base = parsed("https://a.example:8443/b/c/d.jpg?e=/f");
        for (location, wanted) in [
            ("http://x.example/y", "http://x.example/y"),
            ("//x.example/y", "https://x.example/y"),
            ("/y?z", "https://a.example:8443/y?z"),
            ("y", "https://a.example:8443/b/c/y"),
            ("y?u=http://v/", "https://a.example:8443/b/c/y?u=http://v/"),
            ("./y", "https://a.example:8443/b/c/y"),
            ("../y", "https://a.example:8443/b/y"),
            ("../../../y", "https://a.example:8443/y"),
            ("?z", "https://a.example:8443/b/c/d.jpg?z"),
            ("#top", "https://a.example:8443/b/c/d.jpg?e=/f"),
        ] {
            assert_eq!(base.join(location).unwrap().url(), wanted, "{location}");
        }
        for refused in ["file:///etc/passwd", "ftp://x.example/", "mailto:x@y"] {
            assert!(base.join(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn files_are_named_after_the_address_but_never_led_by_it() {
        let long = format!("http://a.example/{}.jpeg", "x".repeat(500));
        for (url, wanted) in [
            ("http://a.example/shop/Chair-01.v2.JPG?w=1", "Chair-01.v2"),
            ("http://a.example/red%20%20chair.png", "red_chair"),
            ("http://a.example/椅.jpg", "image"),
            ("http://a.example/photo_椅_1.jpg", "photo_1"),
            ("http://a.example/..%2f..%2fetc%2fpasswd", "etc_passwd"),
            ("http://a.example/%2e%2e%5cx", "x"),
            ("http://a.example/%00.%ff", "image"),
            ("http://a.example/", "image"),
            ("http://a.example/folder/", "folder"),
            ("http://a.example/.hidden", "hidden"),
            ("http://a.example/100%.jpg", "100"),
            (&long, &"x".repeat(80)),
        ] {
            assert_eq!(parsed(url).file_stem(), wanted, "{url}");
        }
    }

    /// Random text of pieces that mean something in addresses, the same in every run.
    fn texts() -> impl Iterator<Item = String> {
        let pieces = [
            "http", "s", "://", ":", "/", "//", "?", "#", "@", "[", "]", "::1", "..", ".", "%2e",
            "%", "%f", "\\", " ", "a", "Z", "9", "80", "é", "椅", "\0", "\n", "&", "=", ";",
            ".jpg",
        ];
        let mut state = 1u64;
        let mut random = move |below: usize| {
            // Knuth's MMIX generator; its upper bits are good enough here.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        (0..40_000).map(move |_| {
            let beginning = ["http://", "https://a.example/", ""][random(3)].to_owned();
            (0..random(9)).fold(beginning, |text, _| text + pieces[random(pieces.len())])
        })
    }

    #[test]
    fn whatever_is_taken_is_plain_and_stays_the_same() {
        let base = parsed("http://b.example/c/d?e");
        let mut taken = 0;
        for text in texts() {
            for target in [Target::parse(&text), base.join(&text)]
                .into_iter()
                .flatten()
            {
                taken += 1;
                let url = target.url();
                assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
                assert_eq!(parsed(&url), target, "{text:?}");
                let stem = target.file_stem();
                let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                assert!(stem.chars().all(plain), "{text:?}: {stem:?}");
                assert!((1..=80).contains(&stem.len()) && !stem.starts_with('.'));
            }
        }
        assert!(taken > 10_000, "{taken}");
    }
}
