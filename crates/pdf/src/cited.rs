//! Citations from the text of front and text pages.
//!
//! `D525,509 S * 7/2006 Weschenfelder ...... D8/93`. A line is taken only where
//! number, kind code and month of it can be read.

use lookalike_patents::{Citation, Cited, PatentId, canonical_us_class};

/// Reads one line, if it is a citation.
pub(crate) fn citation(line: &str) -> Option<Citation> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let kind_at = words.iter().position(|word| is_kind(word))?;
    if kind_at == 0 || kind_at > 4 {
        return None;
    }
    let number = number(&words[..kind_at].concat())?;
    let kind = words[kind_at].trim_end_matches('*');
    let mut rest = &words[kind_at + 1..];
    let mut by_examiner = words[kind_at].ends_with('*');
    if let [star, after @ ..] = rest
        && star.chars().all(|symbol| symbol == '*')
    {
        by_examiner = true;
        rest = after;
    }
    let (date, rest) = month(rest)?;
    let name: Vec<&str> = rest
        .iter()
        .copied()
        .take_while(|word| word.contains(|symbol: char| symbol.is_alphabetic()))
        .take_while(|word| !word.contains("..") && !word.contains('/'))
        .collect();
    let class = rest.last().and_then(|word| {
        let word = word.trim_start_matches('.');
        word.contains('/')
            .then(|| canonical_us_class(word))
            .flatten()
    });
    let cited = match number {
        Number::Design(digits) => {
            Cited::Design(PatentId::new("US", &format!("D{digits}"), kind).ok()?)
        }
        Number::Reissue(digits) => {
            Cited::Design(PatentId::new("US", &format!("RE{digits}"), kind).ok()?)
        }
        Number::Other(number) => Cited::Patent {
            country: "US".to_owned(),
            number,
            kind: Some(kind.to_owned()),
        },
    };
    Some(Citation {
        cited,
        date: Some(date),
        name: (!name.is_empty()).then(|| name.join(" ")),
        category: Some(
            if by_examiner {
                "cited by examiner"
            } else {
                "cited by applicant"
            }
            .to_owned(),
        ),
        us_class: class,
    })
}

enum Number {
    Design(String),
    Reissue(String),
    /// As grants write it.
    Other(String),
}

/// `S`, `S1`, `A`, `A1`, `B1`, `B2`, `E`, also with the examiner's star.
fn is_kind(word: &str) -> bool {
    matches!(
        word.trim_end_matches('*'),
        "S" | "S1" | "A" | "A1" | "B1" | "B2" | "E" | "E1" | "P" | "P2" | "P3"
    )
}

/// `D525,509`, `6,176.499`, `2014/0305500`: stray points stand for commas.
fn number(text: &str) -> Option<Number> {
    let plain = |text: &str| -> Option<String> {
        let digits: String = text
            .chars()
            .filter(|symbol| !matches!(symbol, ',' | '.'))
            .collect();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then_some(digits)
    };
    if let Some(rest) = text.strip_prefix("RE") {
        let digits = plain(rest)?;
        return (digits.len() == 5).then_some(Number::Reissue(digits));
    }
    if let Some(rest) = text.strip_prefix('D') {
        let digits = plain(rest)?;
        return (5..=7)
            .contains(&digits.len())
            .then_some(Number::Design(digits));
    }
    if let Some((year, serial)) = text.split_once('/') {
        let (year, serial) = (plain(year)?, plain(serial)?);
        let is_application = year.len() == 4 && serial.len() == 7;
        return is_application.then(|| Number::Other(format!("{year}/{serial}")));
    }
    let digits = plain(text)?;
    (6..=8)
        .contains(&digits.len())
        .then_some(Number::Other(digits))
}

/// `7/2006`, `7, 2006`, `1 1/2004`: YYYYMM00, and what follows.
fn month<'a, 'b>(words: &'b [&'a str]) -> Option<(u32, &'b [&'a str])> {
    for taken in 1..=3.min(words.len()) {
        let text = words[..taken].concat();
        let text = text.replace(',', "/");
        let Some((month, year)) = text.split_once('/') else {
            continue;
        };
        if year.len() < 4 {
            continue;
        }
        let (month, year): (u32, u32) = (month.parse().ok()?, year.parse().ok()?);
        let is_real = (1..=12).contains(&month) && (1790..=2200).contains(&year);
        return is_real.then_some((year * 10_000 + month * 100, &words[taken..]));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, u32, Option<String>, bool)> {
        let citation = citation(line)?;
        let cited = match citation.cited {
            Cited::Design(id) => id.to_string(),
            Cited::Patent { number, kind, .. } => format!("{number} {}", kind.unwrap()),
            Cited::Literature(text) => text,
        };
        let by_examiner = citation.category.as_deref() == Some("cited by examiner");
        Some((cited, citation.date?, citation.name, by_examiner))
    }

    #[test]
    fn clear_lines_are_read() {
        let name = |name: &str| Some(name.to_owned());
        for (line, wanted) in [
            (
                "D525,509 S * 7/2006 Weschenfelder .............. D8/93",
                ("USD525509", 20_060_700, name("Weschenfelder"), true),
            ),
            (
                "6,176.499 B1 1/2001 Conrado et al.",
                ("6176499 B1", 20_010_100, name("Conrado et al."), false),
            ),
            (
                "4,796,909 A 1, 1989 Kirkendall",
                ("4796909 A", 19_890_100, name("Kirkendall"), false),
            ),
            (
                "D499,004 S * 1 1/2004",
                ("USD499004", 20_041_100, None, true),
            ),
            (
                "2006/0035771 A1 2/2006 Gant .......... 482/141",
                ("2006/0035771 A1", 20_060_200, name("Gant"), false),
            ),
            (
                "2007/0184951 A1* 8, 2007 James et al. ... 482/141",
                ("2007/0184951 A1", 20_070_800, name("James et al."), true),
            ),
            (
                "5,480, 170 A 1, 1996 Kaiser, II",
                ("5480170 A", 19_960_100, name("Kaiser, II"), false),
            ),
        ] {
            let (cited, date, who, by_examiner) = read(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((cited.as_str(), date, who, by_examiner), wanted, "{line}");
        }
        let class = citation("D525,509 S * 7/2006 Weschenfelder .............. D8/93");
        assert_eq!(class.unwrap().us_class.as_deref(), Some("D8/93"));
    }

    #[test]
    fn unclear_lines_are_left_out() {
        for line in [
            "D306.45s 7, 1990",
            "D3520 S * 1/1993",
            "FIG. 3 is a view",
            "6,328,179 B1",
            "6,328,179 B1 13/2001 Conrado",
            "A 1/2001",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
