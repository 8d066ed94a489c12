//! Entities: the names that the DTDs define, and those a document declares.
//!
//! DTDs are never fetched, so their character names come from a table. A
//! declaration in the document itself is honoured while it is as small as an
//! honest one; what nests deep, refers to itself or grows is refused before any
//! of it is used, whether or not the text refers to it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{GrantError, GrantErrorKind};

/// Bytes that all expansions in one document may add up to. Honest documents
/// declare a handful of short texts, if any.
const MAX_EXPANDED_BYTES: usize = 64 << 10;

/// How deep one declared entity may refer to others.
const MAX_NESTING: usize = 4;

/// What a reference stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Resolved<'a> {
    /// Its text.
    Text(&'a str),
    /// A character given by number.
    Character(char),
    /// Declared as lying outside the document, which is never read.
    External,
    /// Nothing that is known here.
    Unknown,
}

/// The entities of one document.
#[derive(Debug, Default)]
pub(super) struct Entities {
    /// Replacement texts as declared; `None` for external ones.
    declared: HashMap<String, Option<String>>,
    /// The internal ones with their references replaced.
    expanded: HashMap<String, String>,
    expanded_bytes: usize,
}

impl Entities {
    /// Adds a declaration; as XML says, the first one of a name holds.
    pub(super) fn declare(&mut self, name: &str, value: Option<&str>) {
        self.declared
            .entry(name.to_owned())
            .or_insert_with(|| value.map(str::to_owned));
    }

    /// Replaces the references among the declared entities, once all are known.
    ///
    /// # Errors
    /// `EntityBomb` when one refers to itself, nests too deep or when together
    /// they grow too large.
    pub(super) fn expand_declared(&mut self) -> Result<(), GrantError> {
        let mut names: Vec<String> = self.declared.keys().cloned().collect();
        // In a fixed order, so that the same document fails with the same words.
        names.sort_unstable();
        for name in names {
            self.expand(&name, 0)?;
        }
        Ok(())
    }

    /// What `&name;` stands for; `name` without its ampersand and semicolon.
    ///
    /// # Errors
    /// `EntityBomb` when the document's references add up to too much text.
    pub(super) fn resolve(&mut self, name: &str) -> Result<Resolved<'_>, GrantError> {
        if let Some(number) = name.strip_prefix('#') {
            return Ok(character_by_number(number).map_or(Resolved::Unknown, Resolved::Character));
        }
        if let Some(text) = self.expanded.get(name) {
            self.expanded_bytes += text.len();
            check_size(self.expanded_bytes)?;
            return Ok(Resolved::Text(text));
        }
        if self.declared.contains_key(name) {
            return Ok(Resolved::External);
        }
        Ok(character_by_name(name).map_or(Resolved::Unknown, Resolved::Text))
    }

    /// Fills `expanded` for `name` and all that it refers to.
    fn expand(&mut self, name: &str, depth: usize) -> Result<(), GrantError> {
        let Some(Some(value)) = self.declared.get(name) else {
            return Ok(());
        };
        if self.expanded.contains_key(name) {
            return Ok(());
        }
        if depth >= MAX_NESTING {
            // A cycle ends here as well.
            return Err(bomb(format!(
                "the entity `{}` refers to others more than {MAX_NESTING} levels deep",
                shortened(name)
            )));
        }
        let value = without_tags(value);
        let mut text = String::new();
        for piece in pieces(&value) {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Reference(inner) => {
                    self.expand(inner, depth + 1)?;
                    match self.resolve(inner)? {
                        Resolved::Text(inner_text) => text.push_str(inner_text),
                        Resolved::Character(symbol) => text.push(symbol),
                        Resolved::External | Resolved::Unknown => {
                            text.push('&');
                            text.push_str(inner);
                            text.push(';');
                        }
                    }
                }
            }
        }
        self.expanded_bytes += text.len();
        check_size(self.expanded_bytes)?;
        self.expanded.insert(name.to_owned(), text);
        Ok(())
    }
}

/// A part of a text with references in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// The name between `&` and `;`.
    Reference(&'a str),
}

/// Cuts a text at its references. An ampersand that starts none stays text.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let reference = rest.strip_prefix('&').and_then(|after| {
            let end = after.find(|symbol: char| {
                !(symbol.is_alphanumeric() || matches!(symbol, '#' | '.' | '-' | '_' | ':'))
            })?;
            (end > 0 && after[end..].starts_with(';')).then(|| (&after[..end], &after[end + 1..]))
        });
        if let Some((name, after)) = reference {
            rest = after;
            return Some(Piece::Reference(name));
        }
        let start = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[start..]
            .find('&')
            .map_or(rest.len(), |end| start + end);
        let (plain, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(plain))
    })
}

/// Replacement texts may hold elements; only their text is of use here.
fn without_tags(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        rest = rest[start..]
            .find('>')
            .map_or("", |end| &rest[start + end + 1..]);
    }
    text.push_str(rest);
    text
}

fn character_by_number(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    // Control characters have no place in a title; XML forbids most of them.
    char::from_u32(code).filter(|symbol| !symbol.is_control() || symbol.is_whitespace())
}

/// Names of HTML 5 and of the ISO 8879 sets that the DTDs use. Written by
/// `data/make_entities.py`; quick-xml's own table is not used because in 0.42
/// several hundred of its values are cut short (`&alpha;` gives `;`).
fn character_by_name(name: &str) -> Option<&'static str> {
    static TABLE: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
        let lines = include_str!("../../data/entities.txt").lines();
        let entries = lines
            .filter_map(|line| line.split_once(' '))
            .map(|(name, codes)| {
                let codes = codes
                    .split(' ')
                    .filter_map(|code| u32::from_str_radix(code, 16).ok());
                (name, codes.filter_map(char::from_u32).collect())
            });
        entries.collect()
    });
    TABLE.get(name).map(String::as_str)
}

fn check_size(bytes: usize) -> Result<(), GrantError> {
    if bytes <= MAX_EXPANDED_BYTES {
        return Ok(());
    }
    Err(bomb(format!(
        "declared entities expand to more than {MAX_EXPANDED_BYTES} bytes"
    )))
}

fn bomb(reason: String) -> GrantError {
    GrantError::new(GrantErrorKind::EntityBomb, reason)
}

/// At most 40 characters of a name, for messages.
pub(super) fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(name: &str) -> String {
        match Entities::default().resolve(name).unwrap() {
            Resolved::Text(text) => text.to_owned(),
            Resolved::Character(symbol) => symbol.to_string(),
            other => panic!("{name}: {other:?}"),
        }
    }

    #[test]
    fn names_of_html_and_of_the_iso_sets_resolve() {
        let wanted = [
            ("amp", "&"),
            ("lt", "<"),
            ("apos", "'"),
            ("quot", "\""),
            ("eacute", "é"),
            ("mdash", "—"),
            ("trade", "™"),
            ("Scaron", "Š"),
            ("alpha", "α"),
            ("epsi", "ε"),
            ("agr", "α"),
            ("OHgr", "Ω"),
            ("frac13", "⅓"),
            ("rsquor", "’"),
            ("bne", "=⃥"),
            ("#233", "é"),
            ("#xE9", "é"),
            ("deg", "°"),
        ];
        for (name, text) in wanted {
            assert_eq!(resolved(name), text, "{name}");
        }
    }

    #[test]
    fn impossible_numbers_are_unknown() {
        for name in [
            "#",
            "#x",
            "#xD800",
            "#x110000",
            "#99999999999",
            "#0",
            "#7",
            "nosuchname",
            "",
        ] {
            assert_eq!(
                Entities::default().resolve(name).unwrap(),
                Resolved::Unknown,
                "{name}"
            );
        }
    }

    #[test]
    fn declared_entities_expand_and_lose_their_tags() {
        let mut entities = Entities::default();
        entities.declare("firm", Some("M&uuml;ller <b>&amp;</b> &son;"));
        entities.declare("son", Some("Sohn"));
        entities.declare("son", Some("the second declaration does not count"));
        entities.expand_declared().unwrap();
        assert_eq!(
            entities.resolve("firm").unwrap(),
            Resolved::Text("Müller & Sohn")
        );
    }

    #[test]
    fn a_cycle_is_a_bomb() {
        let mut entities = Entities::default();
        entities.declare("a", Some("&b;"));
        entities.declare("b", Some("&a;"));
        assert_eq!(
            entities.expand_declared().unwrap_err().kind,
            GrantErrorKind::EntityBomb
        );
    }

    #[test]
    fn many_references_to_one_large_entity_are_a_bomb() {
        let mut entities = Entities::default();
        entities.declare("large", Some(&"x".repeat(10_000)));
        entities.expand_declared().unwrap();
        let failed = (0..10)
            .find_map(|_| entities.resolve("large").err())
            .unwrap();
        assert_eq!(failed.kind, GrantErrorKind::EntityBomb);
    }

    #[test]
    fn lone_ampersands_stay_text() {
        let parts: Vec<_> = pieces("R&D & é&eacute;&;&").collect();
        let text = |text| Piece::Text(text);
        assert_eq!(
            parts,
            [
                text("R"),
                text("&D "),
                text("& é"),
                Piece::Reference("eacute"),
                text("&;"),
                text("&")
            ]
        );
    }
}
