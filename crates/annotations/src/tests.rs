//! Tables joined to patents, found by filters and taken back.

use std::fs;

use lookalike_catalog::Patent;
use lookalike_engine::fixture::Fixture;
use serde_json::{Value, json};

use super::*;

struct World {
    fixture: Fixture,
}

impl World {
    /// With grants of two patents.
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = fixture.engine.stores().catalog();
        for id in ["USD939806", "USD939807"] {
            let patent = Patent {
                patent_id: id.into(),
                ..Patent::default()
            };
            catalog.write(0, |tx| tx.upsert_patent(&patent)).unwrap();
        }
        Self { fixture }
    }

    fn join(&self, table: &str, mode: Mode) -> Result<AnnotateReport, AnnotateError> {
        let path = self.fixture.directory.path().join("facts.csv");
        fs::write(&path, table).unwrap();
        let request = AnnotateRequest {
            table: path,
            column: "patent_id".into(),
            mode,
        };
        let stores = self.fixture.engine.stores();
        annotate(stores, &request, &Cancel::default(), |_| ())
    }

    fn said(&self, id: &str) -> Value {
        let catalog = self.fixture.engine.stores().catalog();
        Value::Object(catalog.annotations(id).unwrap())
    }
}

const FACTS: &str = "patent_id,legal_status,family\n\
                     \"US D939,806 S1\",active,F1\n\
                     D0939806,active,F2\n\
                     USD0000001,lapsed,\n\
                     chair,lapsed,\n\
                     USD0939807,lapsed,\n";

#[test]
fn a_table_is_joined_by_numbers_in_any_spelling_and_tells_what_it_did_not_find() {
    let world = World::new();
    let dry = world.join(FACTS, Mode::DryRun).unwrap();
    assert_eq!(world.said("USD939806"), json!({}), "it was only asked");
    let report = world.join(FACTS, Mode::Write).unwrap();
    assert_eq!(report, dry);
    assert_eq!(report.columns, ["legal_status", "family"]);
    let numbers = (report.rows, report.patents, report.changed);
    assert_eq!((numbers, report.unknown, report.failed), ((5, 2, 2), 1, 1));
    assert_eq!(report.unknown_numbers, ["USD1"]);
    assert!(report.failed_rows[0].starts_with("row 4: "), "{report:?}");
    let first = json!({"legal_status": "active", "family": ["F1", "F2"]});
    assert_eq!(world.said("USD939806"), first);
    assert_eq!(world.said("USD939807"), json!({"legal_status": "lapsed"}));
    assert_eq!(world.said("USD1"), json!({}));
}

#[test]
fn the_same_table_again_changes_nothing_and_a_mended_one_mends() {
    let world = World::new();
    world.join(FACTS, Mode::Write).unwrap();
    assert_eq!(world.join(FACTS, Mode::Write).unwrap().changed, 0);
    let other = "patent_id;owner\nD939806;Acme\n";
    assert_eq!(world.join(other, Mode::Write).unwrap().changed, 1);
    let mended = "patent_id,legal_status,family\nD939806,,F1\n";
    assert_eq!(world.join(mended, Mode::Write).unwrap().changed, 1);
    let left = json!({"family": "F1", "owner": "Acme"});
    assert_eq!(world.said("USD939806"), left);
    let emptied = "patent_id,owner,family\nD939806,,\n";
    world.join(emptied, Mode::Write).unwrap();
    assert_eq!(world.said("USD939806"), json!({}));
}

#[test]
fn a_grant_that_is_imported_again_leaves_what_tables_say() {
    let world = World::new();
    world.join(FACTS, Mode::Write).unwrap();
    let catalog = world.fixture.engine.stores().catalog();
    let patent = catalog.patent("USD939807").unwrap().unwrap();
    catalog.write(0, |tx| tx.upsert_patent(&patent)).unwrap();
    let again = catalog.patent("USD939807").unwrap().unwrap();
    assert_eq!(again.annotations["legal_status"], "lapsed");
}

#[test]
fn a_table_without_anything_to_join_is_refused() {
    let world = World::new();
    let error = world.join("patent_id\nD939806\n", Mode::Write).unwrap_err();
    assert!(error.to_string().contains("nothing to join"), "{error}");
    let error = world
        .join("number,a\nD939806,b\n", Mode::Write)
        .unwrap_err();
    assert!(error.to_string().contains("`number`, `a`"), "{error}");
}
