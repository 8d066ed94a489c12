//! Where pictures are found in the API.

/// Path of an item's thumbnail in the API.
#[must_use]
pub fn thumbnail_url(id: i64, file_name: &str) -> String {
    url("/api/image", id, file_name)
}

/// Path of an item's browser-viewable original in the API.
pub(crate) fn image_url(id: i64, file_name: &str) -> String {
    url("/api/image/full", id, file_name)
}

/// Path of the thumbnail of the query at `position` of an entry of the history in the API.
pub(crate) fn query_thumbnail_url(entry: i64, position: usize) -> String {
    format!("/api/history/{entry}/thumbnail/{position}")
}

/// The same of a search that was shared, by its token.
pub(crate) fn shared_thumbnail_url(token: &str, position: usize) -> String {
    format!("/api/shared/{token}/thumbnail/{position}")
}

/// Path of the whole picture of a query of which a part was searched for, from that of its thumbnail.
pub(crate) fn whole_url(thumbnail_url: &str) -> String {
    format!("{thumbnail_url}?whole=true")
}

fn url(prefix: &str, id: i64, file_name: &str) -> String {
    let mut name = String::new();
    for byte in file_name.bytes() {
        // RFC 3986's unreserved characters; the rest percent-encoded.
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                name.push(char::from(byte));
            }
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{prefix}/{name}?id={id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_escaped_in_urls() {
        assert_eq!(
            thumbnail_url(6, "photo 1.png"),
            "/api/image/photo%201.png?id=6"
        );
        assert_eq!(image_url(7, "b>.png"), "/api/image/full/b%3E.png?id=7");
    }
}
