//! What several rows say of one thing.

use serde_json::{Map, Value};

/// Adds a row's columns to those of the rows before it about the same thing. A column of which all
/// rows say the same stays text; where they differ, it becomes a list of the values, in the order
/// in which they came, each once.
pub fn unite(all: &mut Map<String, Value>, row: Map<String, Value>) {
    for (name, value) in row {
        match all.get_mut(&name) {
            None => {
                all.insert(name, value);
            }
            Some(Value::Array(values)) => {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            Some(known) if *known != value => {
                let first = known.take();
                *known = Value::Array(vec![first, value]);
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_becomes_a_list_and_what_does_not_stays_text() {
        let mut all = Map::new();
        for row in [
            json!({"maker": "Thonet", "colour": "red"}),
            json!({"maker": "Thonet", "colour": "blue", "year": "1950"}),
            json!({"colour": "red"}),
            json!({"colour": "green"}),
        ] {
            unite(&mut all, row.as_object().unwrap().clone());
        }
        assert_eq!(
            Value::Object(all),
            json!({"maker": "Thonet", "colour": ["red", "blue", "green"], "year": "1950"})
        );
    }
}
