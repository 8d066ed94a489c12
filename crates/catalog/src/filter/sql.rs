//! An expression as SQL over `items`.

use rusqlite::types::Value;

use super::{Condition, Expression};
use crate::keyword::{contains_pattern, full_text_query, number_pattern, prefix_pattern};
use crate::words::beginnings;

/// Characters of an attribute's value or a tag above which `item_attributes` and `item_tags` don't
/// hold it.
const MOST_INDEXED_CHARACTERS: usize = 100;

/// A statement that gives the ids of a collection's items that pass, in any order, some of them
/// maybe twice; with its parameters, the collection's id the first.
pub(super) struct Sql {
    pub(super) statement: String,
    pub(super) parameters: Vec<Value>,
}

impl Sql {
    pub(super) fn new(expression: &Expression, collection_id: i64) -> Self {
        let mut parameters = Parameters(vec![collection_id.into()]);
        if let Some(statement) = ids_of(expression, &mut parameters) {
            return Self {
                statement,
                parameters: parameters.0,
            };
        }
        let condition = of_items(expression, &mut parameters);
        // By the ids that such a condition gives, and not by the collection, whose items the
        // planner takes for few: the `+` keeps it from that.
        let collection = if names_ids(expression) {
            "+items.collection_id = ?1"
        } else {
            "items.collection_id = ?1"
        };
        Self {
            statement: format!("SELECT items.id FROM items WHERE {collection} AND {condition}"),
            parameters: parameters.0,
        }
    }
}

/// Whether a set of ids, found by an index, bounds what passes.
fn names_ids(expression: &Expression) -> bool {
    match expression {
        Expression::All(all) => all.iter().any(names_ids),
        Expression::Any(any) => !any.is_empty() && any.iter().all(names_ids),
        Expression::Not(_) => false,
        Expression::Is(condition) => match condition {
            Condition::Keyword(keyword) => beginnings(keyword).is_some(),
            Condition::Tag(text) | Condition::Attribute { value: text, .. } => is_indexed(text),
            Condition::Item(_) | Condition::Folder(_) => true,
            _ => false,
        },
    }
}

fn is_indexed(text: &str) -> bool {
    text.chars().count() <= MOST_INDEXED_CHARACTERS
}

/// A statement that gives the ids from an index that holds them, without a look at `items`; `None`
/// where there is no such index.
fn ids_of(expression: &Expression, parameters: &mut Parameters) -> Option<String> {
    let condition = match expression {
        Expression::Any(any) if any.iter().all(has_ids) && !any.is_empty() => {
            let each = any.iter().filter_map(|one| ids_of(one, parameters));
            return Some(each.collect::<Vec<_>>().join(" UNION ALL "));
        }
        Expression::Is(condition) if has_ids(expression) => condition,
        _ => return None,
    };
    Some(match condition {
        Condition::Tag(tag) => parameters.bind(
            "SELECT item_id FROM item_tags WHERE collection_id = ?1 AND tag = {}",
            tag.clone(),
        ),
        Condition::Attribute { key, value } => {
            let key = parameters.bind("key = {}", key.clone());
            let value = parameters.bind("value = {}", value.clone());
            format!(
                "SELECT item_id FROM item_attributes WHERE collection_id = ?1 AND {key} AND {value} \
                 UNION ALL SELECT annotated.id FROM patent_attributes CROSS JOIN items AS annotated \
                 INDEXED BY items_by_patent ON annotated.collection_id = ?1 \
                 AND annotated.patent_id = patent_attributes.patent_id WHERE {key} AND {value}"
            )
        }
        Condition::Folder(folder) => {
            // All that begins with the folder and `!/`, with it and `/`, and what lies between those:
            // `0` is the character after `/`.
            let from = parameters.bind("path >= {}", format!("{folder}!/"));
            let in_archive = parameters.bind("path < {}", format!("{folder}!0"));
            let below = parameters.bind("path >= {}", format!("{folder}/"));
            let end = parameters.bind("path < {}", format!("{folder}0"));
            format!(
                "SELECT item_id FROM paths WHERE collection_id = ?1 AND {from} AND {end} \
                 AND ({in_archive} OR {below})"
            )
        }
        _ => return None,
    })
}

/// Whether [`ids_of`] has a statement.
pub(super) fn has_ids(expression: &Expression) -> bool {
    match expression {
        Expression::Any(any) => !any.is_empty() && any.iter().all(has_ids),
        Expression::Is(Condition::Tag(text) | Condition::Attribute { value: text, .. }) => {
            is_indexed(text)
        }
        Expression::Is(Condition::Folder(_)) => true,
        _ => false,
    }
}

/// Over `items`. Conditions on patents stand together in one subquery, so that they are asked once
/// for each patent instead of once for each of its items.
fn of_items(expression: &Expression, parameters: &mut Parameters) -> String {
    if let Some(clause) = of_patents(expression, parameters) {
        return in_patents(&clause);
    }
    if let Some(ids) = ids_of(expression, parameters) {
        return format!("items.id IN ({ids})");
    }
    match expression {
        Expression::All(all) => {
            let mut on_patents = Vec::new();
            let mut others = Vec::new();
            for one in all {
                match of_patents(one, parameters) {
                    Some(clause) => on_patents.push(clause),
                    None => others.push(of_items(one, parameters)),
                }
            }
            if !on_patents.is_empty() {
                others.insert(0, in_patents(&on_patents.join(" AND ")));
            }
            joined(&others, " AND ", "1")
        }
        Expression::Any(any) => {
            let clauses: Vec<String> = any.iter().map(|one| of_items(one, parameters)).collect();
            format!("({})", joined(&clauses, " OR ", "0"))
        }
        Expression::Not(inner) => format!("({}) IS NOT TRUE", of_items(inner, parameters)),
        Expression::Is(condition) => of_item(condition, parameters),
    }
}

fn in_patents(condition: &str) -> String {
    format!("items.patent_id IN (SELECT patent_id FROM patents WHERE {condition})")
}

/// Over `patents`, where that decides alone. A negation does not: items without a patent pass it.
fn of_patents(expression: &Expression, parameters: &mut Parameters) -> Option<String> {
    let bound = parameters.0.len();
    let clause = match expression {
        Expression::All(all) => several_of_patents(all, " AND ", parameters),
        Expression::Any(any) => several_of_patents(any, " OR ", parameters),
        Expression::Not(_) => None,
        Expression::Is(condition) => of_patent(condition, parameters),
    };
    if clause.is_none() {
        parameters.0.truncate(bound);
    }
    clause
}

fn several_of_patents(
    several: &[Expression],
    by: &str,
    parameters: &mut Parameters,
) -> Option<String> {
    let clauses = several.iter().map(|one| of_patents(one, parameters));
    let clauses = clauses.collect::<Option<Vec<String>>>()?;
    (!clauses.is_empty()).then(|| format!("({})", clauses.join(by)))
}

/// `None` for a condition on items.
fn of_patent(condition: &Condition, parameters: &mut Parameters) -> Option<String> {
    Some(match condition {
        Condition::LocClass(class) => parameters.like("loc_class", prefix_pattern(class)),
        Condition::UsClass(class) => parameters.like("us_class", prefix_pattern(class)),
        Condition::Applicant(name) => parameters.like("applicant_name", contains_pattern(name)),
        Condition::Assignee(name) => parameters.like("assignee_name", contains_pattern(name)),
        Condition::Country(code) => parameters.bind("applicant_country = {}", code.clone()),
        Condition::PublishedFrom(day) => parameters.bind("pub_date >= {}", i64::from(*day)),
        Condition::PublishedTo(day) => parameters.bind("pub_date <= {}", i64::from(*day)),
        Condition::ExpiresFrom(day) => parameters.bind("expiry_date >= {}", i64::from(*day)),
        Condition::ExpiredBefore(day) => parameters.bind("expiry_date < {}", i64::from(*day)),
        _ => return None,
    })
}

fn of_item(condition: &Condition, parameters: &mut Parameters) -> String {
    match condition {
        Condition::Keyword(keyword) => of_keyword(keyword, parameters),
        Condition::Tag(tag) => parameters.bind(
            "(items.tags <> '[]' AND \
             EXISTS (SELECT 1 FROM json_each(items.tags) WHERE value = {}))",
            tag.clone(),
        ),
        Condition::Attribute { key, value } => of_long_attribute(key, value, parameters),
        Condition::Patent(ids) => parameters.bind(
            "items.patent_id IN (SELECT value FROM json_each({}))",
            serde_json::json!(ids).to_string(),
        ),
        Condition::Format(name) => parameters.bind("items.image_format = {}", name.clone()),
        Condition::Created(from, end) => {
            let from = parameters.bind("items.created_at >= {}", *from);
            let end = parameters.bind("items.created_at < {}", *end);
            format!("({from} AND {end})")
        }
        Condition::FileName(part) => parameters.like("items.file_name", contains_pattern(part)),
        Condition::Md5(md5) => parameters.bind(
            "items.content_id IN (SELECT id FROM contents WHERE md5 = {} \
             UNION ALL SELECT id FROM contents WHERE file_md5 = {})",
            md5.clone(),
        ),
        Condition::ExternalId(id) => parameters.bind("items.external_id = {}", id.clone()),
        Condition::Item(ids) => parameters.bind(
            "items.id IN (SELECT value FROM json_each({}))",
            serde_json::json!(ids).to_string(),
        ),
        Condition::AfterItem(id) => parameters.bind("items.id > {}", *id),
        // Of patents, or with ids of its own, and so handled before.
        _ => "0".to_owned(),
    }
}

fn of_keyword(keyword: &str, parameters: &mut Parameters) -> String {
    let Some(words) = beginnings(keyword) else {
        let pattern = contains_pattern(keyword.trim());
        let title = parameters.like("title", pattern.clone());
        let description = parameters.like("items.description", pattern);
        return format!("({} OR {description})", in_patents(&title));
    };
    // One set of ids: with two conditions, every item would be held against both.
    let mut ids = vec![parameters.bind(
        "SELECT rowid FROM item_words WHERE item_words MATCH {}",
        words,
    )];
    // `item_words` knows stems: half a word, as it is being typed, may be none of them.
    if let Some(query) = full_text_query(keyword) {
        ids.push(parameters.bind(
            "SELECT of_patent.id FROM patent_titles \
             JOIN patents ON patents.id = patent_titles.rowid \
             JOIN items AS of_patent ON of_patent.collection_id = ?1 \
             AND of_patent.patent_id = patents.patent_id WHERE patent_titles MATCH {} \
             UNION ALL SELECT rowid FROM item_descriptions WHERE item_descriptions MATCH {}",
            query,
        ));
    }
    if let Some(pattern) = number_pattern(keyword) {
        ids.push(parameters.bind(
            "SELECT numbered.id FROM items AS numbered WHERE numbered.collection_id = ?1 \
             AND numbered.patent_id GLOB {}",
            pattern,
        ));
    }
    format!("items.id IN ({})", ids.join(" UNION ALL "))
}

/// A value that is too long for the indexes. They compare as text, so that `size=3` finds the number
/// 3 and the string "3".
fn of_long_attribute(key: &str, value: &str, parameters: &mut Parameters) -> String {
    let key = parameters.bind("own.key = {}", key.to_owned());
    let value = parameters.bind("CAST(one.value AS TEXT) = {}", value.to_owned());
    let holds = format!(
        "EXISTS (SELECT 1 FROM json_each(attributes) AS own, json_each(CASE own.type \
         WHEN 'array' THEN own.value ELSE json_array(own.value) END) AS one WHERE {key} AND {value})"
    );
    format!(
        "((items.attributes <> '{{}}' AND {holds}) OR items.patent_id IN \
         (SELECT patent_id FROM patent_annotations WHERE {holds}))"
    )
}

/// `none` where there is no clause.
fn joined(clauses: &[String], by: &str, none: &str) -> String {
    if clauses.is_empty() {
        none.to_owned()
    } else {
        clauses.join(by)
    }
}

struct Parameters(Vec<Value>);

impl Parameters {
    /// Replaces `{}` in `sql` by a numbered parameter holding `value`.
    fn bind(&mut self, sql: &str, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        sql.replace("{}", &format!("?{}", self.0.len()))
    }

    fn like(&mut self, column: &str, pattern: String) -> String {
        self.bind(&format!("{column} LIKE {{}} ESCAPE '\\'"), pattern)
    }
}
