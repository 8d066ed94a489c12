//! A search's parameters by the names of the API: what the history keeps and reports show.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::mode::Mode;
use super::poses::Poses;
use super::region::Region;
use super::request::{Limit, SearchRequest};
use crate::EngineError;

impl SearchRequest {
    /// All parameters that are given, under the names and in the forms that the API takes.
    #[must_use]
    pub fn parameters(&self) -> Map<String, Value> {
        let mut parameters = Map::new();
        let mut set = |name: &str, value: Value| {
            if !value.is_null() && value != json!(false) && value != json!([]) {
                parameters.insert(name.to_owned(), value);
            }
        };
        set("collection", json!(self.collections));
        match self.limit {
            Limit::Items(count) => set("top_k", json!(count)),
            Limit::Groups(count) => set("top_groups", json!(count)),
        }
        set("min_score", short(self.min_score));
        set("max_distance", short(self.max_distance));
        set("include_front_page", json!(self.include_front_page));
        let regions = self.regions.iter().map(ToString::to_string);
        set("region", regions.collect());
        set("rerank", json!(self.rerank));
        set("like", json!(self.like));
        set("unlike", json!(self.unlike));
        if self.mode != Mode::default() {
            set("mode", json!(self.mode.name()));
        }
        if self.poses != Poses::default() {
            set("poses", json!(self.poses.name()));
        }
        set("nprobe", json!(self.effort.nprobe));
        set("ef_search", json!(self.effort.ef_search));
        set("exact", json!(self.effort.exact));
        if let Ok(Value::Object(filters)) = serde_json::to_value(&self.filter) {
            parameters.extend(filters);
        }
        parameters
    }

    /// The request that these are the parameters of, still without queries.
    ///
    /// # Errors
    /// There is one among them that is not known, or has a value that it can't have.
    pub fn from_parameters(mut parameters: Map<String, Value>) -> Result<Self, EngineError> {
        let of = &mut parameters;
        let regions: Vec<String> = take(of, "region")?;
        let top_groups: Option<usize> = take(of, "top_groups")?;
        let top_k: Option<usize> = take(of, "top_k")?;
        let mut request = Self {
            collections: take(of, "collection")?,
            min_score: take(of, "min_score")?,
            max_distance: take(of, "max_distance")?,
            include_front_page: take(of, "include_front_page")?,
            regions: regions
                .iter()
                .map(|region| region.parse::<Region>())
                .collect::<Result<_, _>>()?,
            ..Self::default()
        };
        request.limit = match (top_groups, top_k) {
            (Some(count), _) => Limit::Groups(count),
            (None, Some(count)) => Limit::Items(count),
            (None, None) => request.limit,
        };
        request.rerank = take(of, "rerank")?;
        request.like = take(of, "like")?;
        request.unlike = take(of, "unlike")?;
        if let Some(mode) = take::<Option<String>>(of, "mode")? {
            request.mode = mode.parse()?;
        }
        if let Some(poses) = take::<Option<String>>(of, "poses")? {
            request.poses = poses.parse()?;
        }
        request.effort.nprobe = take(of, "nprobe")?;
        request.effort.ef_search = take(of, "ef_search")?;
        request.effort.exact = take(of, "exact")?;
        request.filter = serde_json::from_value(Value::Object(parameters)).map_err(unreadable)?;
        Ok(request)
    }
}

/// A number with the digits that it was given by: 0.3, not 0.30000001192092896.
fn short(number: Option<f32>) -> Value {
    json!(number.and_then(|number| number.to_string().parse::<f64>().ok()))
}

/// The parameter of that name, or what stands for none.
fn take<T: DeserializeOwned + Default>(
    parameters: &mut Map<String, Value>,
    name: &str,
) -> Result<T, EngineError> {
    match parameters.remove(name) {
        Some(value) => serde_json::from_value(value).map_err(unreadable),
        None => Ok(T::default()),
    }
}

fn unreadable(error: serde_json::Error) -> EngineError {
    EngineError::invalid("the recorded search has parameters that this program does not know")
        .because(error)
}

#[cfg(test)]
mod tests {
    use lookalike_catalog::ItemFilter;

    use super::*;

    #[test]
    fn only_what_is_given_is_named() {
        let plain = Value::Object(SearchRequest::default().parameters());
        assert_eq!(plain, json!({"collection": ["default"], "top_k": 10}));
        let request = SearchRequest {
            limit: Limit::Groups(3),
            min_score: Some(0.3),
            include_front_page: true,
            rerank: Some(0),
            like: vec![12, 13],
            unlike: vec![34],
            mode: Mode::Photo,
            poses: Poses::Turns,
            regions: vec!["0.1,0.2,0.5,0.25".parse().unwrap()],
            filter: ItemFilter {
                loc_class: vec!["10-02".into()],
                pub_date_from: Some(20_200_101),
                ..ItemFilter::default()
            },
            ..SearchRequest::default()
        };
        let expected = json!({
            "collection": ["default"], "top_groups": 3, "min_score": 0.3,
            "include_front_page": true, "rerank": 0, "poses": "turns", "mode": "photo",
            "like": [12, 13], "unlike": [34],
            "region": ["0.1,0.2,0.5,0.25"],
            "loc_class": ["10-02"], "pub_date_from": 20_200_101,
        });
        assert_eq!(Value::Object(request.parameters()), expected);
        let back = SearchRequest::from_parameters(request.parameters()).unwrap();
        assert_eq!(Value::Object(back.parameters()), expected);
        let unknown = json!({"colour": "red"}).as_object().unwrap().clone();
        assert!(SearchRequest::from_parameters(unknown).is_err());
    }
}
