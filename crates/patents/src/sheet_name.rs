//! File names of drawing sheets: `USD1107373-20251230-D00001.TIF`.

use std::fmt;

use crate::PatentId;
use crate::date::parse_date;
use crate::source::is_picture_ending;

/// What the name of a sheet's file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetName {
    /// The patent that the sheet belongs to.
    pub patent_id: PatentId,
    /// Day of publication as YYYYMMDD; `None` when absent or not a real day.
    pub date: Option<u32>,
    /// Sheet number as `D00001`.
    pub page: String,
    /// Sheet 0 is a copy of a later one, made for the front page.
    pub front_page: bool,
}

impl SheetName {
    /// Reads a file name (no folders) in any case, with the ending of any image
    /// format (sheets are often converted), the patent number padded or not.
    /// `None` for every other name, which is
    /// fine: such a file is an image without a patent.
    pub fn parse(file_name: &str) -> Option<Self> {
        let (stem, extension) = file_name.rsplit_once('.')?;
        if !is_picture_ending(extension) {
            return None;
        }
        let parts: Vec<&str> = stem.split('-').collect();
        let (number, date, page) = match parts[..] {
            [number, page] => (number, None, page),
            [number, date, page] if date.len() == 8 && is_digits(date) => {
                (number, parse_date(date), page)
            }
            _ => return None,
        };
        // A space or comma makes it a citation, not a file of the USPTO.
        if !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let page = page
            .strip_prefix(['D', 'd'])
            .filter(|page| is_digits(page) && page.len() <= 5)?;
        let page_number: u32 = page.parse().ok()?;
        Some(Self {
            patent_id: PatentId::parse(number).ok()?,
            date,
            page: format!("D{page_number:05}"),
            front_page: page_number == 0,
        })
    }
}

/// The name as the USPTO writes it.
impl fmt::Display for SheetName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-", self.patent_id.padded())?;
        if let Some(date) = self.date {
            write!(formatter, "{date:08}-")?;
        }
        write!(formatter, "{}.TIF", self.page)
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_and_padding_reads_alike() {
        for name in [
            "USD0939806-20220104-D00003.TIF",
            "usd939806-20220104-d00003.tif",
            "D939806-20220104-D00003.Tiff",
            "USD939806-20220104-D3.tiff",
            "USD0939806-20220104-D00003.png",
            "USD0939806-20220104-D00003.JPG",
        ] {
            let sheet = SheetName::parse(name).unwrap();
            assert_eq!(sheet.patent_id.as_str(), "USD939806", "{name}");
            assert_eq!(
                (sheet.date, sheet.page.as_str()),
                (Some(20_220_104), "D00003"),
                "{name}"
            );
            assert!(!sheet.front_page);
            assert_eq!(sheet.to_string(), "USD0939806-20220104-D00003.TIF");
        }
    }

    #[test]
    fn sheet_zero_is_the_front_page() {
        let sheet = SheetName::parse("USRE049999-20240521-D00000.TIF").unwrap();
        assert!(sheet.front_page);
        assert_eq!(sheet.patent_id.as_str(), "USRE49999");
    }

    #[test]
    fn a_missing_or_impossible_date_is_none() {
        assert_eq!(SheetName::parse("USD939806-D00001.TIF").unwrap().date, None);
        assert_eq!(
            SheetName::parse("USD939806-20220100-D00001.TIF")
                .unwrap()
                .date,
            None
        );
    }

    #[test]
    fn other_names_are_not_sheets() {
        for name in [
            "",
            ".tif",
            "photo.tif",
            "USD939806.TIF",
            "USD939806-20220104-D00001.pdf",
            "USD939806-20220104-D000001.TIF",
            "USD939806-20220104-P00001.TIF",
            "US10123456-20181106-D00001.TIF",
            "USD939806-2022-D00001.TIF",
            "USD939,806-20220104-D00001.TIF",
            "a/USD939806-20220104-D00001.TIF",
            "USD939806-20220104-D00001-2.TIF",
            "USD939806-20220104-D.TIF",
            "D1-D1-D1.tif",
            "专利-20220104-D00001.TIF",
        ] {
            assert_eq!(SheetName::parse(name), None, "{name}");
        }
    }
}
