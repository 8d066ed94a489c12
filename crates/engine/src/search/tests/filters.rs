//! A filter that was used before shows what is there now.

use super::effort::reader;
use super::*;

fn titled(word: &str) -> ItemFilter {
    ItemFilter {
        keyword: vec![word.to_owned()],
        ..ItemFilter::default()
    }
}

/// Ids found under the filter, by rising id.
fn found(engine: &Engine, filter: &ItemFilter) -> Vec<i64> {
    let request = SearchRequest {
        filter: filter.clone(),
        ..request(&at(0.0), &["default"], Limit::Items(100))
    };
    let answer = engine.search().run(&request).unwrap();
    let mut ids: Vec<i64> = answer.ranked.iter().map(|hit| hit.item.id).collect();
    ids.sort_unstable();
    ids
}

/// Whether the next search under the filter would not ask the catalogue.
fn is_remembered(engine: &Engine, filter: &ItemFilter) -> bool {
    let collection = engine.stores().catalog().collection("default").unwrap();
    engine.search().filters().remembers(&collection, filter)
}

#[test]
fn a_repeated_filter_is_remembered_until_anything_changes() {
    let fixture = two_patents_and_a_picture();
    let (reader, _) = reader(&fixture);
    let engines = [&*fixture.engine, &reader];
    let band = titled("band");
    // Twice each, in the writer and beside it: found, then remembered.
    let all_find = |expected: &[i64]| {
        for engine in engines {
            assert!(!is_remembered(engine, &band));
            assert_eq!(found(engine, &band), expected);
            assert!(is_remembered(engine, &band));
            assert_eq!(found(engine, &band), expected);
        }
    };
    all_find(&[1, 2]);
    let catalog = fixture.engine.stores().catalog();
    let collection = catalog.collection("default").unwrap();
    // The collection's revision tells of none of these.
    let patent = |id: &str, title: &str| {
        let patent = Patent {
            patent_id: id.into(),
            title: Some(title.into()),
            ..Patent::default()
        };
        let write = |tx: &lookalike_catalog::WriteTransaction<'_>| tx.upsert_patent(&patent);
        catalog.write(0, write).unwrap();
    };
    let before = catalog.revision(&collection).unwrap();
    patent("USD2", "Arm band");
    all_find(&[1, 2, 4, 5]);
    patent("USD1", "Watch");
    all_find(&[4, 5]);
    assert_eq!(catalog.revision(&collection).unwrap(), before);
    let added = fixture.add(&collection, "USD2", 3, &at(1.0));
    all_find(&[4, 5, added]);
    catalog
        .write(0, |tx| tx.remove_items(&collection, &[4]))
        .unwrap();
    all_find(&[5, added]);
}

#[test]
fn filters_of_several_collections_are_kept_apart() {
    let fixture = two_patents_and_a_picture();
    let other = fixture.collection("other", 2, "cosine");
    let added = fixture.add(&other, "USD1", 9, &at(5.0));
    let found_in = |collections: &[&str]| {
        let request = SearchRequest {
            filter: titled("band"),
            ..request(&at(0.0), collections, Limit::Items(100))
        };
        let answer = fixture.engine.search().run(&request).unwrap();
        answer.query_info.total_matched
    };
    for _ in 0..2 {
        assert_eq!(found_in(&["default"]), 2);
        assert_eq!(found_in(&["other"]), 1);
        assert_eq!(found_in(&["other", "default"]), 3);
    }
    assert_eq!(added, 7);
}
