//! Parameters of searches, the same whether they come in a form or as JSON.

use lookalike_engine::search::{Limit, SearchRequest};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::envelope::ApiError;
use crate::parameters::filters::{self, FilterParameters};
use crate::parameters::values::{boolean, number};

/// What a search may be given besides what it looks for.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchParameters {
    /// Collections to search; `default` when none is given.
    collection: Option<Vec<String>>,
    /// Images wanted; 10 unless given.
    #[schema(minimum = 1, maximum = 1000)]
    top_k: Option<u32>,
    /// Patents wanted instead, each with its best pages.
    #[schema(minimum = 1, maximum = 200)]
    top_groups: Option<u32>,
    /// Worst score for `cosine` and `ip`; 0.5 for pictures and items of image encoders.
    min_score: Option<f32>,
    /// Largest distance for `l2`.
    max_distance: Option<f32>,
    /// Parts of the query pictures that count, `x,y,w,h` in fractions of their sides: one for all,
    /// or one for each in their order.
    #[schema(example = json!(["0.1,0.2,0.5,0.5"]))]
    region: Option<Vec<String>>,
    /// Whether front-page copies take part.
    include_front_page: Option<bool>,
    /// How many of the first hits are compared again by what matches where; 200 unless given, 0
    /// for none.
    #[schema(minimum = 0, maximum = 2000)]
    rerank: Option<u32>,
    /// Items that hits are to be more like, beside the query or in its place.
    #[schema(max_items = 64)]
    like: Option<Vec<u64>>,
    /// Items that hits are to be less like.
    #[schema(max_items = 64)]
    unlike: Option<Vec<u64>>,
    /// As what photos are searched for: `photo` as they came and cut out from their ground, `drawing`
    /// as a line drawing that is made of them, `both` all of these, `auto` (unless given) the same
    /// where the collection's preprocessing tells photos from drawings. For each hit the form that
    /// suits it best counts.
    #[schema(example = "auto")]
    mode: Option<String>,
    /// The poses in which query pictures are searched for, the best of which counts for each figure:
    /// `upright` as they came, `turns` turned by quarters, `all` mirrored too, `auto` (unless given)
    /// by what they are: drawings known to be upright also mirrored, other drawings in all poses,
    /// anything else as it came.
    #[schema(example = "auto")]
    poses: Option<String>,
    /// Lists looked at by `ivf_flat` and `ivf_sq8`, instead of as many as usual.
    #[schema(minimum = 1, maximum = 65536)]
    nprobe: Option<u32>,
    /// Candidates kept by `hnsw`, instead of as many as usual.
    #[schema(minimum = 1, maximum = 16384)]
    ef_search: Option<u32>,
    /// Whether every vector is looked at.
    exact: Option<bool>,
    #[serde(flatten)]
    filters: FilterParameters,
    /// Whether the search goes to the caller's history; true unless given.
    history: Option<bool>,
}

/// Whether a search goes to its caller's history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum History {
    /// It does.
    #[default]
    Record,
    /// It leaves no trace.
    LeaveOut,
}

/// The form of a search by pictures.
#[derive(Serialize, ToSchema)]
pub(crate) struct PictureSearch {
    /// One picture or several, of any type that can be read.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 16)]
    file: Vec<Vec<u8>>,
    /// Pages of the file that are searched with, counted from 1, instead of the usual ones; where
    /// several files come, as `FILE:PAGE`, files counted from 1.
    #[schema(max_items = 64, example = json!(["3"]))]
    page: Option<Vec<String>>,
    /// Words that count beside the pictures, each as much as one of them; the collection's model has
    /// to embed texts.
    text: Option<Vec<String>>,
    #[serde(flatten)]
    parameters: SearchParameters,
}

/// A search by a vector.
#[derive(Serialize, ToSchema)]
pub(crate) struct VectorSearch {
    /// As many numbers as the collection's embeddings have.
    vector: Vec<f32>,
    #[serde(flatten)]
    parameters: SearchParameters,
}

/// A search by words.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextSearch {
    /// The words to look for, in any language.
    #[schema(min_length = 1, example = "a folding chair with armrests")]
    query: String,
    /// Sentences with `{}` where the words belong: what the model makes of each is averaged.
    #[schema(max_items = 100, example = json!(["a photo of {}"]))]
    template: Option<Vec<String>>,
    #[serde(flatten)]
    parameters: SearchParameters,
}

/// Collects parameters by name into a request.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    request: SearchRequest,
    collections: Vec<String>,
    top_k: Option<usize>,
    top_groups: Option<usize>,
    history: History,
}

impl Parameters {
    /// Takes one value of a parameter; empty ones, as forms send them, say nothing.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), ApiError> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        match name {
            _ if filters::set(&mut self.request.filter, name, value)? => {}
            "collection" => self.collections.push(value.to_owned()),
            "top_k" => self.top_k = Some(number(name, value)?),
            "top_groups" => self.top_groups = Some(number(name, value)?),
            "min_score" => self.request.min_score = Some(number(name, value)?),
            "max_distance" => self.request.max_distance = Some(number(name, value)?),
            "include_front_page" => self.request.include_front_page = boolean(name, value)?,
            "rerank" => self.request.rerank = Some(number(name, value)?),
            "like" => self.request.like.push(number(name, value)?),
            "unlike" => self.request.unlike.push(number(name, value)?),
            "mode" => self.request.mode = value.parse().map_err(ApiError::from)?,
            "poses" => self.request.poses = value.parse().map_err(ApiError::from)?,
            "nprobe" => self.request.effort.nprobe = Some(number(name, value)?),
            "ef_search" => self.request.effort.ef_search = Some(number(name, value)?),
            "exact" => self.request.effort.exact = boolean(name, value)?,
            "region" => self
                .request
                .regions
                .push(value.parse().map_err(ApiError::from)?),
            "history" => {
                self.history = if boolean(name, value)? {
                    History::Record
                } else {
                    History::LeaveOut
                };
            }
            _ => {
                return Err(ApiError::invalid(format!(
                    "there is no parameter `{name}`; the documentation lists them"
                )));
            }
        }
        Ok(())
    }

    /// Takes a JSON value: a scalar, or a list for several values; a region also as its four numbers.
    fn set_json(&mut self, name: &str, value: &Value) -> Result<(), ApiError> {
        if let ("region", Value::Array(numbers)) = (name, value)
            && numbers.iter().all(Value::is_number)
        {
            let numbers: Vec<String> = numbers.iter().map(Value::to_string).collect();
            return self.set(name, &numbers.join(","));
        }
        filters::each_value(name, value, &mut |value| self.set(name, value))
    }

    /// Those of a JSON object.
    pub(crate) fn from_json(object: &Map<String, Value>) -> Result<Self, ApiError> {
        let mut parameters = Self::default();
        for (name, value) in object {
            parameters.set_json(name, value)?;
        }
        Ok(parameters)
    }

    pub(crate) fn keeps_history(&self) -> History {
        self.history
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

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    use super::*;

    /// What the description of the API lists and what is read are the same.
    #[test]
    fn every_parameter_that_is_described_is_read() {
        let own = serde_json::to_value(SearchParameters::schema()).unwrap();
        let filters = serde_json::to_value(FilterParameters::schema()).unwrap();
        let parts = own["allOf"].as_array().unwrap().iter().chain([&filters]);
        let properties = parts.filter_map(|part| part["properties"].as_object());
        let properties: Vec<_> = properties.flatten().collect();
        assert!(properties.len() > 20);
        for (name, property) in properties {
            let example = &property["example"];
            let value = match property["type"][0].as_str().unwrap() {
                _ if !example.is_null() => example.clone(),
                "array" if property["items"]["type"] == "integer" => serde_json::json!([7]),
                "array" => serde_json::json!(["x"]),
                "integer" => property["minimum"].clone(),
                "number" => serde_json::json!(0.5),
                "boolean" => Value::Bool(true),
                other => panic!("{name} is {other}"),
            };
            let mut parameters = Parameters::default();
            let result = parameters.set_json(name, &value);
            assert!(result.is_ok(), "{name} = {value}: {result:?}");
        }
    }
}
