//! Days as patents print them: `Dec. 29, 2020`.

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The first day in a text, as YYYYMMDD. Stray points and blanks do not matter.
pub(crate) fn find_date(text: &str) -> Option<u32> {
    let words: Vec<&str> = text
        .split(|symbol: char| !symbol.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    (0..words.len()).find_map(|start| date_at(&words[start..]))
}

fn date_at(words: &[&str]) -> Option<u32> {
    let (month, rest) = words.split_first()?;
    let month = month.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|known| *known == month)? as u32 + 1;
    // `29 2020`, or `292020` where a comma was lost.
    let digits = match rest {
        [both, ..] if both.len() > 4 => (*both).to_owned(),
        [day, year, ..] => format!("{day}{year}"),
        _ => return None,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (day, year) = digits.split_at_checked(digits.len().checked_sub(4)?)?;
    let (day, year): (u32, u32) = (day.parse().ok()?, year.parse().ok()?);
    let is_real = (1..=31).contains(&day) && (1790..=2200).contains(&year);
    is_real.then_some(year * 10_000 + month * 100 + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_in_all_their_spellings() {
        for (text, wanted) in [
            ("Dec. 29, 2020", Some(20_201_229)),
            ("(45) Date of Patent: . Mar. 3, 2009", Some(20_090_303)),
            ("Jan . 7 , 2020", Some(20_200_107)),
            ("Filed: July 22, 2018", Some(20_180_722)),
            ("Mar 14, 2008", Some(20_080_314)),
            ("Jan. 7, 2020 (45)", Some(20_200_107)),
            ("Dec. 292020 x", Some(20_201_229)),
            ("May 2018", None),
            ("Sep. 99, 2006", None),
            ("Date of Patent", None),
            ("", None),
        ] {
            assert_eq!(find_date(text), wanted, "{text}");
        }
    }
}
