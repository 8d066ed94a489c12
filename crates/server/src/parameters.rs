//! Parameters of searches, the same whether they come in a form or as JSON.

use std::str::FromStr;

use lookalike_engine::search::{Limit, SearchRequest};
use serde_json::Value;

use crate::envelope::ApiError;

/// Collects parameters by name into a request.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    request: SearchRequest,
    collections: Vec<String>,
    top_k: Option<usize>,
    top_groups: Option<usize>,
}

impl Parameters {
    /// Takes one value of a parameter; empty ones, as forms send them, say nothing.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let filter = &mut self.request.filter;
        let text = || value.to_owned();
        match name {
            "collection" => self.collections.push(text()),
            "top_k" => self.top_k = Some(number(name, value)?),
            "top_groups" => self.top_groups = Some(number(name, value)?),
            "min_score" => self.request.min_score = Some(number(name, value)?),
            "max_distance" => self.request.max_distance = Some(number(name, value)?),
            "include_front_page" => self.request.include_front_page = boolean(name, value)?,
            "nprobe" => self.request.effort.nprobe = Some(number(name, value)?),
            "ef_search" => self.request.effort.ef_search = Some(number(name, value)?),
            "exact" => self.request.effort.exact = boolean(name, value)?,
            "region" => self.request.region = Some(value.parse().map_err(ApiError::from)?),
            "keyword" => filter.keyword.push(text()),
            "loc_class" => filter.loc_class.push(text()),
            "applicant" => filter.applicant.push(text()),
            "assignee" => filter.assignee.push(text()),
            "country" => filter.country.push(text()),
            "pub_date_from" => filter.pub_date_from = Some(number(name, value)?),
            "pub_date_to" => filter.pub_date_to = Some(number(name, value)?),
            "status" => filter.status.push(text()),
            "tags" => filter.tags.push(text()),
            "attributes" => filter.attributes.push(text()),
            "patent_id" => filter.patent_id.push(text()),
            "exclude_patent_id" => filter.exclude_patent_id.push(text()),
            "exclude_item_id" => filter.exclude_item_id.push(number(name, value)?),
            _ => {
                return Err(ApiError::invalid(format!(
                    "there is no parameter `{name}`; the documentation lists them"
                )));
            }
        }
        Ok(())
    }

    /// Takes a JSON value: a scalar, or a list for several values.
    pub(crate) fn set_json(&mut self, name: &str, value: &Value) -> Result<(), ApiError> {
        match value {
            Value::Null => Ok(()),
            Value::String(text) => self.set(name, text),
            Value::Number(_) | Value::Bool(_) => self.set(name, &value.to_string()),
            Value::Array(values) if values.iter().all(|value| !value.is_array()) => values
                .iter()
                .try_for_each(|value| self.set_json(name, value)),
            _ => Err(ApiError::invalid(format!(
                "parameter `{name}` is neither text nor number nor a list of them"
            ))),
        }
    }

    /// The request, still without queries.
    pub(crate) fn into_request(self) -> Result<SearchRequest, ApiError> {
        let mut request = self.request;
        if !self.collections.is_empty() {
            request.collections = self.collections;
        }
        request.limit = match (self.top_k, self.top_groups) {
            (Some(_), Some(_)) => {
                return Err(ApiError::invalid(
                    "top_k counts images and top_groups patents; give one of them",
                ));
            }
            (_, Some(count)) => Limit::Groups(count),
            (Some(count), None) => Limit::Items(count),
            (None, None) => request.limit,
        };
        Ok(request)
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, ApiError> {
    value
        .parse()
        .map_err(|_| ApiError::invalid(format!("{name} is `{value}`, which is no such number")))
}

fn boolean(name: &str, value: &str) -> Result<bool, ApiError> {
    match value {
        "true" | "1" | "on" => Ok(true),
        "false" | "0" | "off" => Ok(false),
        _ => Err(ApiError::invalid(format!(
            "{name} is `{value}`; give true or false"
        ))),
    }
}
