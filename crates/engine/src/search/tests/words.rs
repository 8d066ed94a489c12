//! Searches by words: by texts, by meaning, by both.

use std::path::Path;

use lookalike_catalog::{NewCollection, PreprocessKind};
use lookalike_imaging::{RgbImage, encode_png};

use super::*;
use crate::Length;

fn words(text: &str, collections: &[&str]) -> SearchRequest {
    SearchRequest {
        queries: vec![Query::Words(WordsQuery::new(text))],
        ..request(&[], collections, Limit::Items(10))
    }
}

fn reasons(answer: &SearchAnswer) -> Vec<(i64, bool, Vec<&'static str>)> {
    let reason = |hit: &RankedItem| {
        let found_by = hit.found_by.clone().unwrap();
        let texts = found_by.texts.iter().map(|field| field.name()).collect();
        (hit.item.id, found_by.meaning.is_some(), texts)
    };
    answer.ranked.iter().map(reason).collect()
}

impl Fixture {
    fn describe(&self, id: i64, description: &str) {
        let changes = lookalike_catalog::ItemChanges {
            description: Some(Some(description.to_owned())),
            ..lookalike_catalog::ItemChanges::default()
        };
        let catalog = self.engine.stores().catalog();
        let changed = catalog.write(0, |tx| tx.change_item(id as u64, &changes));
        assert!(changed.unwrap());
    }

    /// A collection made with the tiny CLIP of the encoders' fixtures.
    fn clip(&self, name: &str) -> Collection {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/clip/hub");
        let model = model.display().to_string();
        let preprocess = Some(PreprocessKind::Stretch);
        let encoders = self.engine.stores().encoders();
        let encoder = encoders
            .encoder(&model, preprocess, Some(32), Length::Unit)
            .unwrap();
        let facts = encoder.model().facts();
        let spec = NewCollection {
            name: name.into(),
            model_fingerprint: Some(facts.fingerprint.clone()),
            dim: facts.description.dim,
            model: Some(model),
            preprocess,
            size: Some(32),
            metric: "cosine".parse().unwrap(),
            index_kind: "auto".parse().unwrap(),
            normalize: true,
        };
        let catalog = self.engine.stores().catalog();
        catalog.write(0, |tx| tx.create_collection(&spec)).unwrap()
    }

    /// What the collection's model makes of words.
    fn meaning(&self, collection: &Collection, text: &str) -> Vec<f32> {
        let encoder = self
            .engine
            .stores()
            .encoders()
            .of_collection(collection)
            .unwrap();
        let mut embedded = encoder.embed_texts(&[text.to_owned()]).unwrap();
        embedded.swap_remove(0).embedding
    }
}

#[test]
fn texts_are_searched_where_the_model_reads_none() {
    let fixture = Fixture::new();
    let collection = fixture.collection("designs", 2, "cosine");
    let chair = fixture.add(&collection, "a", 1, &at(0.0));
    let table = fixture.add(&collection, "b", 1, &at(10.0));
    let refused = fixture
        .engine
        .search()
        .run(&words("chair", &["designs"]))
        .unwrap_err();
    let message = refused.to_string();
    assert!(
        message.contains("it has no model, and its items have neither titles"),
        "{message}"
    );
    fixture.describe(chair, "A red chair, 红色的椅子");
    fixture.describe(table, "A red table");
    let found = |text: &str| {
        reasons(
            &fixture
                .engine
                .search()
                .run(&words(text, &["designs"]))
                .unwrap(),
        )
    };
    let why = || vec!["description"];
    assert_eq!(found("椅子"), [(chair, false, why())]);
    assert_eq!(
        found("red table"),
        [(table, false, why()), (chair, false, why())]
    );
    assert!(found("zebra").is_empty());
    let answer = fixture
        .engine
        .search()
        .run(&words("table", &["designs"]))
        .unwrap();
    assert!((answer.ranked[0].score - 1.0).abs() < 1e-6);
    assert_eq!(answer.results[0].band, None);
    assert_eq!(answer.query_info.queries[0].text.as_deref(), Some("table"));
    // Filters act on texts too.
    let filtered = SearchRequest {
        filter: ItemFilter {
            exclude_item_id: vec![table],
            ..ItemFilter::default()
        },
        ..words("red", &["designs"])
    };
    let answer = fixture.engine.search().run(&filtered).unwrap();
    assert_eq!(reasons(&answer), [(chair, false, why())]);
}

#[test]
fn a_model_that_reads_texts_finds_what_words_mean() {
    let fixture = Fixture::new();
    let collection = fixture.clip("designs");
    let cat = fixture.meaning(&collection, "a photo of a cat");
    let other = fixture.meaning(&collection, "1234567890");
    let one = fixture.add(&collection, "a", 1, &cat);
    let two = fixture.add(&collection, "b", 1, &other);
    let answer = fixture
        .engine
        .search()
        .run(&words("a photo of a cat", &["designs"]))
        .unwrap();
    assert_eq!(reasons(&answer), [(one, true, vec![]), (two, true, vec![])]);
    assert!(answer.ranked[0].score > 0.9999, "the model's own score");
    assert_eq!(
        (answer.query_info.min_score, answer.query_info.rerank),
        (None, 0)
    );

    // One is found by meaning, the other by its texts too.
    fixture.describe(two, "A cat of china");
    let answer = fixture
        .engine
        .search()
        .run(&words("a photo of a cat", &["designs"]))
        .unwrap();
    assert_eq!(
        reasons(&answer),
        [(two, true, vec!["description"]), (one, true, vec![])]
    );

    let long = "cat ".repeat(200);
    let answer = fixture
        .engine
        .search()
        .run(&words(&long, &["designs"]))
        .unwrap();
    let warning = &answer.query_info.warnings[0];
    assert!(
        warning.contains("the first 77 of 402 tokens count"),
        "{warning}"
    );
}

#[test]
fn templates_are_averaged() {
    let fixture = Fixture::new();
    let collection = fixture.clip("designs");
    let sentences = ["a photo of cat", "a patent drawing of cat"];
    let mut mean = vec![0.0; collection.spec.dim];
    for sentence in sentences {
        let meaning = fixture.meaning(&collection, sentence);
        mean.iter_mut().zip(meaning).for_each(|(sum, x)| *sum += x);
    }
    fixture.add(&collection, "a", 1, &mean);
    let search = |templates: &[&str]| {
        let query = WordsQuery {
            text: "cat".into(),
            templates: templates
                .iter()
                .map(|&template| template.to_owned())
                .collect(),
        };
        let request = SearchRequest {
            queries: vec![Query::Words(query)],
            ..words("", &["designs"])
        };
        fixture.engine.search().run(&request)
    };
    let both = search(&["a photo of {}", "a patent drawing of {}"]).unwrap();
    let meaning = both.ranked[0].found_by.as_ref().unwrap().meaning.unwrap();
    assert!((meaning - 1.0).abs() < 1e-5, "{meaning}");
    let error = search(&["a photo"]).unwrap_err().to_string();
    assert!(
        error.contains("has no {} where the words belong"),
        "{error}"
    );
}

#[test]
fn words_and_pictures_count_together_where_the_model_embeds_both() {
    let fixture = Fixture::new();
    let collection = fixture.clip("designs");
    let near = fixture.meaning(&collection, "red");
    fixture.add(&collection, "a", 1, &near);
    let plain = fixture.collection("plain", 2, "cosine");
    fixture.add(&plain, "b", 1, &at(0.0));
    let picture = RgbImage::new(32, 32, vec![200; 32 * 32 * 3]).unwrap();
    let file = QueryFile::new(Some("grey.png"), encode_png(&picture).unwrap());
    let search = |collection: &str| {
        let queries = vec![
            Query::Image(file.clone()),
            Query::Words(WordsQuery::new("red")),
        ];
        let request = SearchRequest {
            queries,
            ..words("", &[collection])
        };
        fixture.engine.search().run(&request)
    };
    let answer = search("designs").unwrap();
    assert_eq!(answer.ranked.len(), 1);
    assert_eq!(answer.ranked[0].found_by, None);
    let error = search("plain").unwrap_err().to_string();
    assert!(
        error.contains("words and pictures together need a model"),
        "{error}"
    );
}

#[test]
fn an_earlier_search_by_words_is_made_again() {
    let fixture = Fixture::new();
    let collection = fixture.collection("designs", 2, "cosine");
    let id = fixture.add(&collection, "a", 1, &at(0.0));
    fixture.describe(id, "teapot");
    let searcher = fixture.engine.search();
    let first = searcher.run(&words("teapot", &["designs"])).unwrap();
    let past = searcher.past(&first.query_token, None).unwrap();
    let again = SearchRequest {
        queries: vec![past.kept_query(0)],
        ..words("", &["designs"])
    };
    let again = searcher.run(&again).unwrap();
    assert_eq!(reasons(&again), reasons(&first));
}
