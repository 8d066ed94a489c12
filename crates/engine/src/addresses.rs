//! Where an item's pictures are found in the API.

use lookalike_catalog::Item;

/// Path of an item's thumbnail in the API.
pub(crate) fn thumbnail_url(item: &Item) -> String {
    url("/api/image", item)
}

/// Path of an item's browser-viewable original in the API.
pub(crate) fn image_url(item: &Item) -> String {
    url("/api/image/full", item)
}

fn url(prefix: &str, item: &Item) -> String {
    let mut name = String::new();
    for byte in item.file_name.bytes() {
        // RFC 3986's unreserved characters; the rest percent-encoded.
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                name.push(char::from(byte));
            }
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{prefix}/{name}?id={}", item.id)
}
