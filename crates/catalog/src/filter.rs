//! Filters over items, turned into SQL.

use rusqlite::types::Value;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::keyword::{contains_pattern, full_text_query, prefix_pattern};

/// Which items take part in a search. Repeated values of one field mean OR, different
/// fields AND; everything empty lets every item through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ItemFilter {
    /// Words of the patent's title, or of the item's description: every word of one entry, each
    /// as a word's beginning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keyword: Vec<String>,
    /// Beginnings of the Locarno class, such as `10` or `10-02`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loc_class: Vec<String>,
    /// Beginnings of the US class, such as `D14/` or `D14/486`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub us_class: Vec<String>,
    /// Part of the applicant's name, any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applicant: Vec<String>,
    /// Part of the assignee's name, any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assignee: Vec<String>,
    /// Applicant's country code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// Granted on this day (YYYYMMDD) or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pub_date_from: Option<u32>,
    /// Granted on this day (YYYYMMDD) or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pub_date_to: Option<u32>,
    /// `in_force` or `expired`, on the day of the search.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<String>,
    /// Tags of the item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// `key=value` pairs of the item's attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<String>,
    /// Canonical patent ids to keep.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patent_id: Vec<String>,
    /// Canonical patent ids to leave out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_patent_id: Vec<String>,
    /// Part of the file's name, any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_name: Vec<String>,
    /// Items to leave out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude_item_id: Vec<i64>,
}

impl ItemFilter {
    /// Whether every item passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A condition over `items` and its parameters.
pub(crate) struct Condition {
    /// On `items`.
    items: Vec<String>,
    /// On `patents`. Apart from the others, so that it is asked once for each patent instead of
    /// once for each of its items.
    patents: Vec<String>,
    pub(crate) parameters: Vec<Value>,
}

impl Condition {
    /// `today` is YYYYMMDD.
    pub(crate) fn new(filter: &ItemFilter, today: u32) -> Self {
        let mut condition = Self {
            items: Vec::new(),
            patents: Vec::new(),
            parameters: Vec::new(),
        };
        condition.add_patents(filter, today);
        condition.add_items(filter);
        condition
    }

    fn add_patents(&mut self, filter: &ItemFilter, today: u32) {
        let clauses = [
            self.any(&filter.loc_class, |condition, class| {
                condition.like("loc_class", prefix_pattern(class))
            }),
            self.any(&filter.us_class, |condition, class| {
                condition.like("us_class", prefix_pattern(class))
            }),
            self.any(&filter.applicant, |condition, name| {
                condition.like("applicant_name", contains_pattern(name))
            }),
            self.any(&filter.assignee, |condition, name| {
                condition.like("assignee_name", contains_pattern(name))
            }),
            self.any(&filter.country, |condition, country| {
                condition.equals("applicant_country", country.to_uppercase())
            }),
            self.any(filter.pub_date_from.as_slice(), |condition, date| {
                condition.parameter("pub_date >= {}", i64::from(*date))
            }),
            self.any(filter.pub_date_to.as_slice(), |condition, date| {
                condition.parameter("pub_date <= {}", i64::from(*date))
            }),
            self.any(&filter.status, |condition, status| {
                let today = i64::from(today);
                match status.as_str() {
                    "in_force" => condition.parameter("expiry_date >= {}", today),
                    "expired" => condition.parameter("expiry_date < {}", today),
                    _ => "0".to_owned(),
                }
            }),
        ];
        self.patents.extend(clauses.into_iter().flatten());
    }

    fn add_items(&mut self, filter: &ItemFilter) {
        let clauses = [
            self.any(&filter.keyword, |condition, keyword| {
                condition.keyword(keyword)
            }),
            self.any(&filter.tags, |condition, tag| {
                condition.parameter(
                    "EXISTS (SELECT 1 FROM json_each(items.tags) WHERE value = {})",
                    tag.clone(),
                )
            })
            // Those without any are not even looked at.
            .map(|clause| format!("items.tags <> '[]' AND {clause}")),
            self.any(&filter.attributes, |condition, pair| {
                condition.attribute(pair)
            }),
            self.any(&filter.patent_id, |condition, id| {
                condition.equals("items.patent_id", id.clone())
            }),
            self.any(&filter.file_name, |condition, part| {
                condition.like("items.file_name", contains_pattern(part))
            }),
        ];
        self.items.extend(clauses.into_iter().flatten());
        if !filter.exclude_patent_id.is_empty() {
            let ids = serde_json::json!(filter.exclude_patent_id).to_string();
            let sql = self.parameter(
                "(items.patent_id IS NULL OR items.patent_id NOT IN \
                 (SELECT value FROM json_each({})))",
                ids,
            );
            self.items.push(sql);
        }
        if !filter.exclude_item_id.is_empty() {
            let ids = serde_json::json!(filter.exclude_item_id).to_string();
            let sql = self.parameter("items.id NOT IN (SELECT value FROM json_each({}))", ids);
            self.items.push(sql);
        }
    }

    /// The condition as an SQL expression.
    pub(crate) fn sql(&self) -> String {
        let patents = (!self.patents.is_empty()).then(|| {
            format!(
                "items.patent_id IN (SELECT patent_id FROM patents WHERE {})",
                self.patents.join(" AND ")
            )
        });
        let clauses: Vec<&str> = patents
            .iter()
            .chain(&self.items)
            .map(String::as_str)
            .collect();
        match clauses.is_empty() {
            true => "1".to_owned(),
            false => clauses.join(" AND "),
        }
    }

    fn any<T>(
        &mut self,
        values: &[T],
        mut one: impl FnMut(&mut Self, &T) -> String,
    ) -> Option<String> {
        let alternatives: Vec<String> = values.iter().map(|value| one(self, value)).collect();
        (!alternatives.is_empty()).then(|| format!("({})", alternatives.join(" OR ")))
    }

    /// Replaces `{}` in `sql` by a numbered parameter holding `value`.
    fn parameter(&mut self, sql: &str, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        sql.replace("{}", &format!("?{}", self.parameters.len()))
    }

    fn equals(&mut self, column: &str, value: String) -> String {
        self.parameter(&format!("{column} = {{}}"), value)
    }

    fn like(&mut self, column: &str, pattern: String) -> String {
        self.parameter(&format!("{column} LIKE {{}} ESCAPE '\\'"), pattern)
    }

    fn keyword(&mut self, keyword: &str) -> String {
        let (title, description) = match full_text_query(keyword) {
            Some(query) => (
                self.parameter(
                    "id IN (SELECT rowid FROM patent_titles WHERE patent_titles MATCH {})",
                    query.clone(),
                ),
                self.parameter(
                    "items.id IN \
                     (SELECT rowid FROM item_descriptions WHERE item_descriptions MATCH {})",
                    query,
                ),
            ),
            None => {
                let pattern = contains_pattern(keyword.trim());
                (
                    self.like("title", pattern.clone()),
                    self.like("items.description", pattern),
                )
            }
        };
        format!("items.patent_id IN (SELECT patent_id FROM patents WHERE {title}) OR {description}")
    }

    /// `key=value`; compared as text, so `size=3` finds the number 3 and the string "3".
    fn attribute(&mut self, pair: &str) -> String {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = self.parameter("key = {}", key.trim().to_owned());
        let value = self.parameter(
            "CASE type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
             ELSE CAST(value AS TEXT) END = {}",
            value.trim().to_owned(),
        );
        format!(
            "items.attributes <> '{{}}' AND \
             EXISTS (SELECT 1 FROM json_each(items.attributes) WHERE {key} AND {value})"
        )
    }
}
