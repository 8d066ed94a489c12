//! Paths of the pages of a file: that of the file, `#page=` and the number, as addresses of PDFs
//! name a page (RFC 8118, section 3).

/// What stands between the file and the number.
const MARK: &str = "#page=";

/// The path of a page, counted from 1, of the file at `path`.
#[must_use]
pub fn page_path(path: &str, page: u32) -> String {
    format!("{path}{MARK}{page}")
}

/// The path of the file that a path is, or is a page of. A file may itself have such a name:
/// whoever opens one looks for that first.
#[must_use]
pub fn without_page(path: &str) -> &str {
    match path.rsplit_once(MARK) {
        Some((file, page)) if !page.is_empty() && page.bytes().all(|b| b.is_ascii_digit()) => file,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_back_to_their_file() {
        assert_eq!(page_path("/in/a.pdf", 12), "/in/a.pdf#page=12");
        assert_eq!(without_page("/in/a.pdf#page=12"), "/in/a.pdf");
        for other in ["/in/a.pdf", "/in/a#page=.pdf", "/in/#page=x", ""] {
            assert_eq!(without_page(other), other);
        }
    }
}
