//! Searches over collections of hand-made vectors.

use std::path::Path;
use std::sync::Arc;

use lookalike_catalog::{Collection, Content, ItemFilter, NewCollection, NewItem, Patent, Placed};
use lookalike_imaging::{PreprocessKind, RgbImage};
use lookalike_testkit::drawn_sheets::{self, Drawn};

use super::*;
use crate::import::{Control, ImportRequest, Originals};
use crate::{CollectionSettings, Engine, ErrorKind};

mod effort;
mod examples;
mod figures;
mod filters;
mod kinds;
mod modes;
mod pixels;
mod poses;
mod second_look;
mod words;

fn sheet(figures: &[Drawn]) -> RgbImage {
    let grey = drawn_sheets::sheet(figures);
    RgbImage::from_grey(drawn_sheets::WIDTH, drawn_sheets::HEIGHT, grey).unwrap()
}

/// Imports a folder that holds so many pictures, with this preparation.
fn import(
    fixture: &crate::fixture::Fixture,
    folder: &Path,
    preprocess: PreprocessKind,
    pictures: u64,
) {
    let request = ImportRequest {
        shard: None,
        paths: vec![folder.to_path_buf()],
        only: None,
        within: None,
        collection: "default".into(),
        settings: CollectionSettings {
            preprocess: Some(preprocess),
            ..CollectionSettings::default()
        },
        batch_size: None,
        originals: Originals::Reference,
        data_dir: fixture.directory.path().join("data"),
    };
    let importer = fixture.engine.importer();
    let report = importer.run(&request, &Control::default()).unwrap();
    assert_eq!(
        (report.imported, report.failed),
        (pictures, 0),
        "{report:?}"
    );
}

struct Fixture {
    engine: Arc<Engine>,
    whole: crate::fixture::Fixture,
}

impl Fixture {
    fn new() -> Self {
        let whole = crate::fixture::Fixture::new();
        Self {
            engine: Arc::clone(&whole.engine),
            whole,
        }
    }

    fn collection(&self, name: &str, dim: usize, metric: &str) -> Collection {
        self.collection_of_kind(name, dim, metric, "auto")
    }

    fn collection_of_kind(&self, name: &str, dim: usize, metric: &str, kind: &str) -> Collection {
        let spec = NewCollection {
            name: name.into(),
            model: None,
            model_fingerprint: None,
            dim,
            preprocess: None,
            size: None,
            metric: metric.parse().unwrap(),
            index_kind: kind.parse().unwrap(),
            normalize: false,
        };
        self.engine
            .stores()
            .catalog()
            .write(0, |tx| tx.create_collection(&spec))
            .unwrap()
    }

    fn add(&self, collection: &Collection, group: &str, page: u32, vector: &[f32]) -> i64 {
        let patent_id = group.starts_with("US").then(|| group.to_owned());
        let item = NewItem {
            content: Content {
                md5: format!("{}-{group}-{page}", collection.spec.name),
                width: 1,
                height: 1,
                file_size: 1,
                format: "png".into(),
                original_key: None,
                turn: None,
                page: None,
            },
            external_id: None,
            file_name: format!("{group} {page}.png"),
            path: None,
            page_num: patent_id.is_some().then(|| format!("D{page:05}")),
            patent_id,
            image_index: None,
            view: None,
            front_page: page == 0,
            description: None,
            tags: Vec::new(),
            attributes: serde_json::Map::new(),
            warnings: Vec::new(),
        };
        let placed = self
            .engine
            .stores()
            .catalog()
            .write(0, |tx| tx.place_item(collection, &item, Some(vector)));
        match placed.unwrap() {
            Placed::Added(id) => id,
            other => panic!("{other:?}"),
        }
    }
}

fn request(vector: &[f32], collections: &[&str], limit: Limit) -> SearchRequest {
    SearchRequest {
        queries: vec![Query::Vector(vector.to_vec())],
        collections: collections.iter().map(|name| (*name).to_owned()).collect(),
        limit,
        ..SearchRequest::default()
    }
}

fn groups(answer: &SearchAnswer) -> Vec<(&str, usize)> {
    answer
        .results
        .iter()
        .map(|group| (group.group_id.as_str(), group.pages.len()))
        .collect()
}

/// Angles in degrees on the unit circle: cosine falls as they part.
fn at(degrees: f32) -> [f32; 2] {
    [degrees.to_radians().cos(), degrees.to_radians().sin()]
}

fn two_patents_and_a_picture() -> Fixture {
    let fixture = Fixture::new();
    let collection = fixture.collection("default", 2, "cosine");
    for (group, page, degrees) in [
        ("USD1", 2, 40.0),
        ("USD1", 1, 10.0),
        ("USD1", 0, 0.0),
        ("USD2", 1, 20.0),
        ("USD2", 2, 30.0),
        ("photo", 1, 25.0),
    ] {
        fixture.add(&collection, group, page, &at(degrees));
    }
    let patent = Patent {
        patent_id: "USD1".into(),
        title: Some("Watch band".into()),
        loc_class: Some("10-02".into()),
        expiry_date: Some(20_261_121),
        image_count: 7,
        ..Patent::default()
    };
    let write = |tx: &lookalike_catalog::WriteTransaction<'_>| tx.upsert_patent(&patent);
    fixture.engine.stores().catalog().write(0, write).unwrap();
    fixture
}

#[test]
fn top_k_counts_items_and_groups_them_by_best_score() {
    let fixture = two_patents_and_a_picture();
    let answer = fixture
        .engine
        .search()
        .run(&request(&at(0.0), &["default"], Limit::Items(4)))
        .unwrap();
    assert_eq!(groups(&answer), [("USD1", 1), ("USD2", 2), ("item-6", 1)]);
    assert_eq!(answer.query_info.total_matched, 4);
    let best = &answer.results[0];
    assert!((best.max_score - 10.0_f32.to_radians().cos()).abs() < 1e-6);
    assert_eq!(best.status, Some("in_force"), "the last day counts");
    assert_eq!((best.image_count, answer.results[2].image_count), (7, 1));
    let order: Vec<i64> = answer.ranked.iter().map(|hit| hit.item.id).collect();
    assert_eq!(order, [2, 4, 6, 5]);
}

#[test]
fn front_page_copies_take_part_only_when_asked() {
    let fixture = two_patents_and_a_picture();
    let mut wanted = request(&at(0.0), &["default"], Limit::Items(1));
    wanted.include_front_page = true;
    let answer = fixture.engine.search().run(&wanted).unwrap();
    assert_eq!(
        answer.results[0].pages[0].page_num.as_deref(),
        Some("D00000")
    );
}

#[test]
fn top_groups_counts_groups_and_shows_all_their_pages_in_order() {
    let fixture = two_patents_and_a_picture();
    let answer = fixture
        .engine
        .search()
        .run(&request(&at(0.0), &["default"], Limit::Groups(2)))
        .unwrap();
    assert_eq!(groups(&answer), [("USD1", 2), ("USD2", 2)]);
    let pages: Vec<_> = answer.results[0]
        .pages
        .iter()
        .map(|page| page.page_num.as_deref())
        .collect();
    assert_eq!(pages, [Some("D00001"), Some("D00002")]);
    assert_eq!(answer.query_info.top_groups, Some(2));
}

#[test]
fn groups_are_found_behind_a_patent_with_very_many_pages() {
    let fixture = Fixture::new();
    let collection = fixture.collection("default", 2, "cosine");
    for page in 1..200 {
        fixture.add(&collection, "USD1", page, &at(page as f32 / 100.0));
    }
    fixture.add(&collection, "USD2", 1, &at(80.0));
    let answer = fixture
        .engine
        .search()
        .run(&request(&at(0.0), &["default"], Limit::Groups(2)))
        .unwrap();
    assert_eq!(groups(&answer), [("USD1", 10), ("USD2", 1)]);
}

#[test]
fn min_score_and_filters_limit_hits() {
    let fixture = two_patents_and_a_picture();
    let mut wanted = request(&at(0.0), &["default"], Limit::Items(10));
    wanted.min_score = Some(22.0_f32.to_radians().cos());
    assert_eq!(
        groups(&fixture.engine.search().run(&wanted).unwrap()),
        [("USD1", 1), ("USD2", 1)]
    );
    wanted.filter = ItemFilter {
        exclude_patent_id: vec!["US D1 S1".into()],
        ..ItemFilter::default()
    };
    let answer = fixture.engine.search().run(&wanted).unwrap();
    assert_eq!(groups(&answer), [("USD2", 1)]);
    assert_eq!(answer.query_info.filters.exclude_patent_id, ["USD1"]);
}

#[test]
fn a_vector_query_has_no_default_threshold() {
    let fixture = two_patents_and_a_picture();
    let answer = fixture
        .engine
        .search()
        .run(&request(&at(180.0), &["default"], Limit::Items(10)))
        .unwrap();
    assert_eq!(answer.query_info.total_matched, 5);
    assert_eq!(answer.query_info.min_score, None);
}

#[test]
fn several_queries_rank_groups_by_the_mean_of_their_best_scores() {
    let fixture = Fixture::new();
    let collection = fixture.collection("default", 2, "cosine");
    // One view matches the first query perfectly, none the second; against two good ones.
    fixture.add(&collection, "USD1", 1, &at(0.0));
    fixture.add(&collection, "USD2", 1, &at(10.0));
    fixture.add(&collection, "USD2", 2, &at(80.0));
    let mut wanted = request(&at(0.0), &["default"], Limit::Groups(2));
    wanted.queries.push(Query::Vector(at(90.0).to_vec()));
    let answer = fixture.engine.search().run(&wanted).unwrap();
    assert_eq!(groups(&answer), [("USD2", 2), ("USD1", 1)]);
    assert!((answer.results[0].max_score - 10.0_f32.to_radians().cos()).abs() < 1e-5);
    assert!((answer.results[1].max_score - 0.5).abs() < 1e-5);
}

#[test]
fn l2_ranks_by_smallest_distance() {
    let fixture = Fixture::new();
    let collection = fixture.collection("default", 2, "l2");
    fixture.add(&collection, "near", 1, &[3.0, 4.0]);
    fixture.add(&collection, "far", 1, &[6.0, 8.0]);
    let mut wanted = request(&[0.0, 0.0], &["default"], Limit::Items(10));
    let answer = fixture.engine.search().run(&wanted).unwrap();
    let scores: Vec<f32> = answer.ranked.iter().map(|hit| hit.score).collect();
    assert_eq!(scores, [5.0, 10.0]);
    wanted.max_distance = Some(5.0);
    let answer = fixture.engine.search().run(&wanted).unwrap();
    assert_eq!(answer.query_info.total_matched, 1);
    assert_eq!(answer.query_info.max_distance, Some(5.0));
}

#[test]
fn collections_of_one_kind_merge_by_score() {
    let fixture = Fixture::new();
    let first = fixture.collection("first", 2, "cosine");
    let second = fixture.collection("second", 2, "cosine");
    fixture.add(&first, "USD1", 1, &at(20.0));
    fixture.add(&first, "USD2", 1, &at(30.0));
    fixture.add(&second, "USD1", 2, &at(10.0));
    fixture.add(&second, "USD3", 1, &at(40.0));
    let answer = fixture
        .engine
        .search()
        .run(&request(
            &at(0.0),
            &["first", "second", "first"],
            Limit::Items(3),
        ))
        .unwrap();
    assert_eq!(groups(&answer), [("USD1", 2), ("USD2", 1)]);
    let collections: Vec<&str> = answer
        .ranked
        .iter()
        .map(|hit| hit.item.collection.as_str())
        .collect();
    assert_eq!(collections, ["second", "first", "first"]);
    assert_eq!(answer.query_info.collections, ["first", "second"]);
}

#[test]
fn collections_of_different_metrics_merge_by_rank_and_keep_their_scores() {
    let fixture = Fixture::new();
    let cosine = fixture.collection("cosine", 2, "cosine");
    let l2 = fixture.collection("l2", 2, "l2");
    fixture.add(&cosine, "USD1", 1, &at(0.0));
    fixture.add(&cosine, "USD2", 1, &at(5.0));
    fixture.add(&l2, "USD3", 1, &at(170.0));
    fixture.add(&l2, "USD4", 1, &at(180.0));
    let answer = fixture
        .engine
        .search()
        .run(&request(&at(0.0), &["cosine", "l2"], Limit::Items(3)))
        .unwrap();
    assert_eq!(groups(&answer), [("USD1", 1), ("USD3", 1), ("USD2", 1)]);
    assert!(answer.results[1].max_score > 1.9, "a distance");
}

#[test]
fn searching_by_item_uses_its_stored_vector() {
    let fixture = two_patents_and_a_picture();
    let mut wanted = request(&[], &["default"], Limit::Items(2));
    wanted.queries = vec![Query::Item(6)];
    let answer = fixture.engine.search().run(&wanted).unwrap();
    assert_eq!(answer.ranked[0].item.id, 6);
    assert!((answer.ranked[0].score - 1.0).abs() < 1e-6);
}

#[test]
fn wrong_requests_are_refused_with_their_fault() {
    let fixture = two_patents_and_a_picture();
    let good = || request(&at(0.0), &["default"], Limit::Items(10));
    let refused = |change: &dyn Fn(&mut SearchRequest)| {
        let mut wanted = good();
        change(&mut wanted);
        let error = fixture.engine.search().run(&wanted).unwrap_err();
        (error.kind(), error.to_string())
    };
    let invalid = |change: &dyn Fn(&mut SearchRequest), part: &str| {
        let (kind, message) = refused(change);
        assert_eq!(kind, ErrorKind::InvalidInput, "{message}");
        assert!(message.contains(part), "{message}");
    };
    invalid(&|r| r.queries.clear(), "nothing to search for");
    invalid(&|r| r.limit = Limit::Items(0), "top_k is 0");
    invalid(&|r| r.limit = Limit::Items(1001), "give 1 to 1000");
    invalid(&|r| r.limit = Limit::Groups(201), "top_groups is 201");
    invalid(&|r| r.min_score = Some(f32::NAN), "min_score");
    invalid(
        &|r| r.filter.status = vec!["alive".into()],
        "in_force or expired",
    );
    invalid(
        &|r| r.filter.patent_id = vec!["US1234567B2".into()],
        "1234567",
    );
    invalid(&|r| r.filter.pub_date_from = Some(2020), "no day");
    invalid(&|r| r.filter.attributes = vec!["x".into()], "key=value");
    invalid(
        &|r| r.queries = vec![Query::Vector(vec![1.0; 3])],
        "vectors of 2",
    );
    invalid(
        &|r| r.queries = vec![Query::Vector(vec![1.0, f32::INFINITY])],
        "position 1",
    );
    invalid(
        &|r| r.queries = vec![Query::Image(QueryFile::new(None, vec![1]))],
        "no encoder",
    );
    let missing = refused(&|r| r.collections = vec!["nope".into()]);
    assert_eq!(missing.0, ErrorKind::NotFound);
    let missing = refused(&|r| r.queries = vec![Query::Item(99)]);
    assert_eq!(missing.0, ErrorKind::NotFound);
}

#[test]
fn regions_are_read_and_checked() {
    let region: Region = "0.7, 0.1,0.3,0.5".parse().unwrap();
    assert_eq!((region.x, region.height), (0.7, 0.5));
    for text in [
        "",
        "0,0,1",
        "0,0,0,1",
        "0.5,0,0.6,1",
        "-0.1,0,1,1",
        "0,0,1,nan",
        "a,b,c,d",
    ] {
        assert!(text.parse::<Region>().is_err(), "{text}");
    }
}

#[test]
fn the_same_query_has_the_same_token() {
    let fixture = two_patents_and_a_picture();
    let token = |degrees| {
        let wanted = request(&at(degrees), &["default"], Limit::Items(2));
        fixture.engine.search().run(&wanted).unwrap().query_token
    };
    assert_eq!(token(1.0), token(1.0));
    assert_ne!(token(1.0), token(2.0));
}
