//! The DOCTYPE of a document: its name and the entities of its internal subset.
//!
//! The external DTD is named there and left alone.

use super::entities::Entities;

/// What a DOCTYPE declares.
#[derive(Debug, Default)]
pub(super) struct Doctype<'a> {
    /// The root element's name.
    pub(super) name: &'a str,
    /// Declared entities, not expanded yet.
    pub(super) entities: Entities,
}

/// Reads what stands between `<!DOCTYPE` and its `>`. Declarations that make no
/// sense are passed over: nothing but entities is taken from here.
pub(super) fn parse_doctype(content: &str) -> Doctype<'_> {
    let content = content.trim();
    let name_end = content.find(|symbol: char| symbol.is_whitespace() || symbol == '[');
    let (name, rest) = content.split_at(name_end.unwrap_or(content.len()));
    let mut doctype = Doctype {
        name,
        entities: Entities::default(),
    };
    let mut rest = after_external_id(rest);
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        rest = if let Some(comment) = rest.strip_prefix("<!--") {
            after(comment, "-->")
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            after(instruction, "?>")
        } else {
            let (declaration, after) = split_declaration(rest);
            if let Some(entity) = declaration.strip_prefix("<!ENTITY") {
                declare(entity, &mut doctype.entities);
            }
            after
        };
    }
    doctype
}

/// The internal subset with what follows it, or nothing.
fn after_external_id(text: &str) -> &str {
    let mut quote = None;
    for (position, symbol) in text.char_indices() {
        match quote {
            Some(open) if open == symbol => quote = None,
            Some(_) => {}
            None if matches!(symbol, '"' | '\'') => quote = Some(symbol),
            None if symbol == '[' => return &text[position + 1..],
            None => {}
        }
    }
    ""
}

/// Cuts after the `>` that lies outside quotes.
fn split_declaration(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (position, symbol) in text.char_indices() {
        match quote {
            Some(open) if open == symbol => quote = None,
            Some(_) => {}
            None if matches!(symbol, '"' | '\'') => quote = Some(symbol),
            None if symbol == '>' => return (&text[..position], &text[position + 1..]),
            None => {}
        }
    }
    (text, "")
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

/// `name "value"`, or `name SYSTEM "..." NDATA ...`, which is external.
/// Parameter entities (`% name`) only serve declarations and are passed over.
fn declare(declaration: &str, entities: &mut Entities) {
    let declaration = declaration.trim_start();
    let Some(name_end) = declaration.find(char::is_whitespace) else {
        return;
    };
    let (name, definition) = declaration.split_at(name_end);
    if name.starts_with('%') {
        return;
    }
    let definition = definition.trim_start();
    let value = definition.strip_prefix(['"', '\'']).map(|value| {
        let quote = &definition[..1];
        value.split_once(quote).map_or(value, |(value, _)| value)
    });
    entities.declare(name, value);
}

#[cfg(test)]
mod tests {
    use super::super::entities::Resolved;
    use super::*;

    #[test]
    fn finds_internal_and_external_entities() {
        let mut doctype = parse_doctype(
            r#" us-patent-grant SYSTEM "a[b>.dtd" [
                <!-- <!ENTITY no "x"> --> <?pi <!ENTITY no "x"> ?>
                <!ELEMENT title (#PCDATA)> %common;
                <!ENTITY % param "<!ENTITY no 'x'>">
                <!ENTITY one "1 > 0"><!ENTITY two 'say "2"'>
                <!ENTITY USD0500001-D00000 SYSTEM "x.TIF" NDATA TIF>
            ]"#,
        );
        assert_eq!(doctype.name, "us-patent-grant");
        doctype.entities.expand_declared().unwrap();
        assert_eq!(
            doctype.entities.resolve("one").unwrap(),
            Resolved::Text("1 > 0")
        );
        assert_eq!(
            doctype.entities.resolve("two").unwrap(),
            Resolved::Text("say \"2\"")
        );
        assert_eq!(
            doctype.entities.resolve("USD0500001-D00000").unwrap(),
            Resolved::External
        );
        assert_eq!(doctype.entities.resolve("no").unwrap(), Resolved::Unknown);
    }

    #[test]
    fn nonsense_declares_nothing() {
        for text in [
            "",
            "[",
            "x [<!ENTITY",
            "x [<!ENTITY >",
            "x [<!ENTITY a",
            "x [<!-- ",
            "x [<?",
            "x SYSTEM 'a[",
        ] {
            assert!(
                parse_doctype(text).entities.expand_declared().is_ok(),
                "{text}"
            );
        }
    }
}
