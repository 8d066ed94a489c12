//! What the description says of each figure.
//!
//! Grants tell the sides only in prose: `FIG. 3 is a left side elevational view
//! thereof;`, `FIGS. 4 and 5 are top and bottom plan views`, and in
//! international designs `1.2 : Front`. This reads the common forms and leaves
//! the side open where the text is not plain.

use super::{Figure, View};

/// Figures of one paragraph, in order of the text.
pub(super) fn parse_figures(paragraph: &str) -> Vec<Figure> {
    if paragraph.len() > MAX_PARAGRAPH_BYTES {
        return Vec::new();
    }
    let mentions = mentions(paragraph);
    let mut figures = Vec::new();
    for (index, mention) in mentions.iter().enumerate() {
        let end = mentions
            .get(index + 1)
            .map_or(paragraph.len(), |next| next.start);
        let text = paragraph[mention.text_start..end].trim_matches(|symbol: char| {
            symbol.is_whitespace() || matches!(symbol, ':' | ';' | ',' | '-' | '–' | '—')
        });
        let text = text
            .strip_suffix(" and")
            .unwrap_or(text)
            .trim_end_matches([';', ',', '.', ' ']);
        let kept: String = text.chars().take(MAX_TEXT).collect();
        let views = views(&kept, mention.labels.len());
        for (label, view) in mention.labels.iter().zip(views) {
            let digits = label.bytes().take_while(u8::is_ascii_digit).count();
            if let Ok(figure) = label[..digits].parse() {
                figures.push(Figure {
                    figure,
                    label: label.clone(),
                    view,
                    description: kept.clone(),
                });
            }
        }
    }
    figures
}

/// Paragraphs beyond this are not the list of figures; real ones have under 2 kB.
const MAX_PARAGRAPH_BYTES: usize = 64 << 10;

/// Characters kept of what is said of one figure.
const MAX_TEXT: usize = 500;

/// One `FIG. 3` or `FIGS. 4-6` that begins a description.
struct Mention {
    start: usize,
    text_start: usize,
    labels: Vec<String>,
}

/// Figures that one description may name; `FIGS. 1-900` is a misprint.
const MAX_LABELS: usize = 50;

fn mentions(paragraph: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    // Numbers of international designs begin their paragraph without a word.
    if let Some((label, rest)) =
        label(paragraph.trim_start()).filter(|(label, _)| label.contains('.'))
    {
        let text_start = paragraph.len() - rest.len();
        found.push(Mention {
            start: 0,
            text_start,
            labels: vec![label],
        });
    }
    let mut position = found.last().map_or(0, |mention| mention.text_start);
    while let Some(offset) = find_word(&paragraph[position..]) {
        let start = position + offset;
        position = start + "fig".len();
        let before = paragraph[..start].trim_end();
        let Some((labels, rest)) = labels(after_word(&paragraph[position..])) else {
            continue;
        };
        // `... taken along line 2-2 of FIG. 1 is` describes nothing.
        let begins = before.is_empty()
            || before.ends_with([';', '.', ',', ':', ')'])
            // Text read from scanned pages loses signs.
            || before.ends_with("thereof")
            || ends_with_and(before);
        if begins && (before.is_empty() || starts_with_verb(rest)) {
            position = paragraph.len() - rest.len();
            found.push(Mention {
                start,
                text_start: position,
                labels,
            });
        }
    }
    found
}

/// Byte offset of the next word that starts with `fig`, in any case.
fn find_word(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let begins_word = |start: usize| start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
    (0..bytes.len()).find(|&start| starts_with_fig(&bytes[start..]) && begins_word(start))
}

fn starts_with_fig(bytes: &[u8]) -> bool {
    bytes
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"fig"))
}

fn ends_with_and(text: &str) -> bool {
    let end = text.as_bytes().last_chunk::<4>();
    end.is_some_and(|end| end.eq_ignore_ascii_case(b" and"))
}

/// Skips the rest of `FIG.`, `FIGS.`, `FIGURE`, `Figures`.
fn after_word(text: &str) -> &str {
    text.trim_start_matches(|symbol: char| symbol.is_ascii_alphabetic())
        .trim_start_matches(|symbol: char| symbol == '.' || symbol.is_whitespace())
}

/// `3`, `3A`, `3.1`; then what follows.
fn label(text: &str) -> Option<(String, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(text);
    if end == 0 || end > 6 {
        return None;
    }
    if let Some(fraction) = text[end..].strip_prefix('.') {
        let length = digits(fraction);
        end += if length > 0 { 1 + length } else { 0 };
    }
    // `3A`, but not the `3rd` of a sentence.
    let after = text
        .as_bytes()
        .get(end + 1)
        .is_some_and(u8::is_ascii_alphanumeric);
    if text
        .as_bytes()
        .get(end)
        .is_some_and(u8::is_ascii_alphabetic)
        && !after
    {
        end += 1;
    }
    Some((text[..end].to_owned(), &text[end..]))
}

/// `4`, `4 and 5`, `4, 5 and 6`, `4-6`, `4 through 6`.
fn labels(text: &str) -> Option<(Vec<String>, &str)> {
    let (first, mut rest) = label(text)?;
    let mut labels = vec![first];
    loop {
        let trimmed = rest.trim_start();
        let range = ["-", "–", "—", "to ", "through "]
            .iter()
            .find_map(|word| trimmed.strip_prefix(word));
        let list = [", and ", ",", "and ", "& "]
            .iter()
            .find_map(|word| trimmed.strip_prefix(word));
        let Some(after) = range.or(list) else { break };
        let after = after.trim_start();
        // `FIG. 1 and FIG. 2 are`
        let after = if starts_with_fig(after.as_bytes()) {
            after_word(&after["fig".len()..])
        } else {
            after
        };
        let Some((next, remaining)) = label(after) else {
            break;
        };
        if range.is_some() {
            let number = |label: &str| label.parse::<u32>().ok();
            if let Some((from, to)) = labels
                .last()
                .and_then(|last| number(last))
                .zip(number(&next))
            {
                let between = from + 1..to;
                if between.len() > MAX_LABELS {
                    break;
                }
                labels.extend(between.map(|number| number.to_string()));
            }
        }
        labels.push(next);
        rest = remaining;
        if labels.len() > MAX_LABELS {
            break;
        }
    }
    Some((labels, rest))
}

fn starts_with_verb(text: &str) -> bool {
    let text = text.trim_start_matches(|symbol: char| symbol == ',' || symbol.is_whitespace());
    let word = text
        .split(|symbol: char| !symbol.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let verbs = [
        "is",
        "are",
        "shows",
        "show",
        "illustrates",
        "illustrate",
        "depicts",
        "depict",
        "represents",
    ];
    text.starts_with([':', '-', '–', '—'])
        || verbs.iter().any(|verb| word.eq_ignore_ascii_case(verb))
}

/// The sides for `count` figures that share one description.
fn views(text: &str, count: usize) -> Vec<Option<View>> {
    let text = text.to_ascii_lowercase();
    let clause = text.split(';').next().unwrap_or_default();
    // Sides named after the view itself only say where something lies.
    let head = clause.split_once("view").map_or(clause, |(head, _)| head);
    let mut sides = sides(head);
    if sides.is_empty() && manner(head).is_none() {
        // `is a view of the left side`
        sides = self::sides(clause);
        sides.truncate(1);
    }
    if let Some(manner) = manner(head) {
        return vec![Some(manner); count];
    }
    match sides[..] {
        [] => vec![None; count],
        _ if count == 1 => vec![Some(sides[0])],
        _ if sides.len() == count => sides.into_iter().map(Some).collect(),
        [only] => vec![Some(only); count],
        _ => vec![None; count],
    }
}

/// A way of showing that outweighs the side it is taken from.
fn manner(text: &str) -> Option<View> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["explod"]) {
        Some(View::Exploded)
    } else if has(&["cross-section", "cross section", "sectional", " section"]) {
        Some(View::Section)
    } else if has(&[
        "enlarge", "detail", "fragment", "partial", "close-up", "magnif",
    ]) {
        Some(View::Detail)
    } else if has(&["perspective", "isometric", "axonometric"]) {
        Some(View::Perspective)
    } else {
        None
    }
}

/// Sides in the order in which they are named.
fn sides(text: &str) -> Vec<View> {
    let mut sides = Vec::new();
    let mut plan = None;
    let mut side = None;
    for word in text.split(|symbol: char| !symbol.is_ascii_alphabetic()) {
        let named = match word {
            "front" => View::Front,
            "rear" | "back" => View::Back,
            "left" => View::Left,
            "right" => View::Right,
            "top" => View::Top,
            "bottom" | "underside" => View::Bottom,
            "plan" => {
                plan = Some(View::Top);
                continue;
            }
            "side" | "sides" | "end" => {
                side = Some(View::Side);
                continue;
            }
            _ => continue,
        };
        // `front left side` is one place and two words: the list is then not
        // one side a figure, and stays open unless only one figure is meant.
        if !sides.contains(&named) {
            sides.push(named);
        }
    }
    if sides.is_empty() {
        // A plan view without more is seen from above.
        sides.extend(plan.or(side));
    }
    sides
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
