//! Pages of files that hold several pictures: each is a content of its own.
//!
//! A page is known by its file's bytes, its number and the part of it that is shown. Whoever adds
//! one makes of them a key that looks like the MD5 of a file, so that embeddings, thumbnails and
//! searches need not know of pages.

use rusqlite::Row;

/// A page of a file that holds several, or the part of it that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilePage {
    /// MD5 of the file's bytes, 32 lower-case hex digits.
    pub file_md5: String,
    /// The page, counted from 1.
    pub number: u32,
    /// The part that is shown, such as a sheet without the line that is printed over it.
    pub area: Option<PageArea>,
}

/// A part of a page's picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageArea {
    /// Columns left of it.
    pub left: u32,
    /// Rows above it.
    pub top: u32,
    /// Columns of it.
    pub width: u32,
    /// Rows of it.
    pub height: u32,
}

impl FilePage {
    pub(crate) fn area_text(&self) -> Option<String> {
        let area = self.area?;
        Some(format!(
            "{},{},{},{}",
            area.left, area.top, area.width, area.height
        ))
    }
}

fn area(text: &str) -> Option<PageArea> {
    let mut numbers = text.split(',').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(PageArea {
        left: next()?,
        top: next()?,
        width: next()?,
        height: next()?,
    })
}

/// Reads the columns `file_md5`, `file_page` and `page_area`.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<FilePage>> {
    let (file_md5, number) = (row.get("file_md5")?, row.get("file_page")?);
    let area_text: Option<String> = row.get("page_area")?;
    let page = Option::zip(file_md5, number).map(|(file_md5, number)| FilePage {
        file_md5,
        number,
        area: area_text.as_deref().and_then(area),
    });
    Ok(page)
}
