//! Pages of files that are searched with: `3`, or `2:3` where several files came.

use lookalike_engine::EngineError;
use lookalike_engine::search::{MAX_QUERY_PAGES, Query, QueryFile, Searcher};

use crate::http::envelope::ApiError;

/// The pages that a form names.
#[derive(Debug, Default)]
pub(crate) struct ChosenPages(Vec<ChosenPage>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ChosenPage {
    /// The file, counted from 1; `None` where there is only one.
    file: Option<usize>,
    /// The page, counted from 1.
    page: u32,
}

impl ChosenPages {
    /// Takes one value of the parameter; an empty one, as forms send it, says nothing.
    pub(crate) fn add(&mut self, text: &str) -> Result<(), ApiError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let wrong = || {
            ApiError::invalid(format!(
                "page `{text}` is neither a number, counted from 1, nor the number of a file, a \
                 colon and that of its page"
            ))
        };
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        let (file, page) = match text.split_once(':') {
            Some((file, page)) => (Some(number(file).ok_or_else(wrong)? as usize), page),
            None => (None, text),
        };
        let page = number(page).ok_or_else(wrong)?;
        if self.0.len() >= MAX_QUERY_PAGES {
            return Err(too_many());
        }
        self.0.push(ChosenPage { file, page });
        Ok(())
    }

    /// What to search for: the pages named, and of files of which none is named the usual ones.
    pub(crate) fn queries(
        &self,
        searcher: &Searcher,
        files: &[QueryFile],
    ) -> Result<Vec<Query>, EngineError> {
        let unclear = self.0.iter().any(|chosen| match chosen.file {
            Some(file) => file > files.len(),
            None => files.len() > 1,
        });
        if unclear {
            return Err(EngineError::invalid(format!(
                "{} files came; name a page as the number of its file, a colon and its own, such \
                 as 1:3",
                files.len()
            )));
        }
        let mut queries = Vec::new();
        for (file, number) in files.iter().zip(1..) {
            let of_file = |chosen: &&ChosenPage| chosen.file.is_none_or(|file| file == number);
            let pages: Vec<u32> = self.0.iter().filter(of_file).map(|one| one.page).collect();
            queries.extend(searcher.queries_of(file, &pages)?);
            if queries.len() > MAX_QUERY_PAGES {
                return Err(EngineError::invalid(TOO_MANY));
            }
        }
        Ok(queries)
    }
}

const TOO_MANY: &str = "more than 64 pages to search with; name fewer";

fn too_many() -> ApiError {
    ApiError::invalid(TOO_MANY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_with_and_without_their_file() {
        let mut pages = ChosenPages::default();
        for text in ["3", " 2:7 ", ""] {
            pages.add(text).unwrap();
        }
        let expected = [(None, 3), (Some(2), 7)];
        let expected = expected.map(|(file, page)| ChosenPage { file, page });
        assert_eq!(pages.0, expected);
        for wrong in ["0", "x", "1:", ":1", "0:1", "1:2:3", "-1"] {
            assert!(pages.add(wrong).is_err(), "{wrong}");
        }
    }
}
