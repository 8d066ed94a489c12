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
        self.tiny(name, "clip/hub")
    }

    /// The same with another of their models.
    fn tiny(&self, name: &str, model: &str) -> Collection {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        let model = fixtures.join(model);
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

#[test]
fn composed_words_are_weighted_and_said() {
    let fixture = Fixture::new();
    let collection = fixture.clip("designs");
    let unit = |text: &str| {
        let mut vector = fixture.meaning(&collection, text);
        lookalike_encoders::normalize(&mut vector);
        vector
    };
    let (dog, leash) = (unit("dog"), unit("leash"));
    let parts = dog.iter().zip(&leash);
    let mut composed: Vec<f32> = parts.map(|(dog, leash)| dog - 0.5 * leash).collect();
    lookalike_encoders::normalize(&mut composed);
    let exact = fixture.add(&collection, "a", 1, &composed);
    let with_leash = fixture.add(&collection, "b", 1, &leash);
    let run = |request: &SearchRequest| fixture.engine.search().run(request);
    let answer = run(&words("dog - leash", &["designs"])).unwrap();
    let found: Vec<i64> = answer.ranked.iter().map(|hit| hit.item.id).collect();
    assert_eq!(found, [exact, with_leash]);
    assert!(
        answer.ranked[0].score > 0.9999,
        "{}",
        answer.ranked[0].score
    );
    let terms = &answer.query_info.queries[0].terms;
    let said: Vec<(&str, f32)> = terms
        .iter()
        .map(|term| (term.text.as_str(), term.weight))
        .collect();
    assert_eq!(said, [("dog", 1.0), ("leash", -0.5)]);
    assert_eq!(
        answer.query_info.queries[0].text.as_deref(),
        Some("dog - leash")
    );
    // One word is no composition.
    let answer = run(&words("dog", &["designs"])).unwrap();
    assert!(answer.query_info.queries[0].terms.is_empty());

    // What is not to be there alone finds nothing; beside another query it counts.
    let refused = run(&words("- leash", &["designs"])).unwrap_err();
    assert!(refused.to_string().contains("dog - leash"), "{refused}");
    let beside = |text: &str| {
        let mut both = words(text, &["designs"]);
        both.queries.insert(0, Query::Vector(dog.clone()));
        let answer = run(&both).unwrap();
        let mut groups = answer.results.iter();
        let holds = |group: &&GroupedHits| group.pages.iter().any(|page| page.id == with_leash);
        groups.find(holds).unwrap().max_score
    };
    let cosine: f32 = dog.iter().zip(&leash).map(|(a, b)| a * b).sum();
    let expected = f32::midpoint(cosine, -1.0);
    let found = beside("- leash");
    assert!((found - expected).abs() < 1e-4, "{found}, not {expected}");
    assert!(beside("leash") > beside("- leash"));
}

#[test]
fn texts_with_unwanted_words_are_left_out() {
    let fixture = Fixture::new();
    let collection = fixture.collection("designs", 2, "cosine");
    let one = fixture.add(&collection, "a", 1, &at(0.0));
    let two = fixture.add(&collection, "b", 1, &at(10.0));
    fixture.describe(one, "A dog on a leash");
    fixture.describe(two, "A dog");
    let found = |text: &str| -> Vec<i64> {
        let answer = fixture.engine.search().run(&words(text, &["designs"]));
        let ranked = answer.unwrap().ranked;
        ranked.iter().map(|hit| hit.item.id).collect()
    };
    assert_eq!(found("dog - leash"), [two]);
    assert_eq!(found("dog + leash"), [one, two]);
    // All words of what is unwanted have to be there.
    assert_eq!(found("dog - red leash").len(), 2);
}

#[test]
fn a_model_that_was_trained_to_tell_gives_probabilities_and_bands() {
    let fixture = Fixture::new();
    let collection = fixture.tiny("designs", "siglip/tiles");
    let cat = fixture.meaning(&collection, "a cat");
    let one = fixture.add(&collection, "a", 1, &cat);
    let away: Vec<f32> = cat.iter().map(|x| -x).collect();
    let two = fixture.add(&collection, "b", 1, &away);
    let run = |text: &str| {
        fixture
            .engine
            .search()
            .run(&words(text, &["designs"]))
            .unwrap()
    };
    let answer = run("a cat");
    let probabilities: Vec<(i64, f32)> = answer
        .ranked
        .iter()
        .map(|hit| {
            let found_by = hit.found_by.as_ref().unwrap();
            (hit.item.id, found_by.probability.unwrap())
        })
        .collect();
    assert_eq!((probabilities[0].0, probabilities[1].0), (one, two));
    assert!(probabilities[0].1 > 0.999 && probabilities[1].1 < 1e-3);
    let bands: Vec<_> = answer.results.iter().map(|group| group.band).collect();
    assert_eq!(bands, [Some("near_identical"), Some("hardly")]);
    // Of composed words nobody trained it to tell.
    let composed = run("a cat - a dog");
    let found_by = composed.ranked[0].found_by.as_ref().unwrap();
    assert_eq!(found_by.probability, None);
}

#[test]
fn a_collection_has_templates_of_its_own() {
    let fixture = Fixture::new();
    let collection = fixture.clip("designs");
    let collections = fixture.engine.collections();
    let sentence = fixture.meaning(&collection, "a photo of a cat");
    let plain = fixture.meaning(&collection, "a cat");
    let one = fixture.add(&collection, "a", 1, &sentence);
    let two = fixture.add(&collection, "b", 1, &plain);
    let best = |templates: &[&str]| {
        let mut request = words("a cat", &["designs"]);
        if let Query::Words(words) = &mut request.queries[0] {
            words.templates = templates.iter().map(|&one| one.to_owned()).collect();
        }
        let answer = fixture.engine.search().run(&request).unwrap();
        assert!(answer.ranked[0].score > 0.9999);
        answer.ranked[0].item.id
    };
    assert_eq!(best(&[]), two);
    let templates = ["a photo of {}".to_owned()];
    collections.set_templates("designs", &templates).unwrap();
    assert_eq!(collections.report("designs").unwrap().templates, templates);
    assert_eq!(best(&[]), one);
    assert_eq!(best(&["{}"]), two, "what is asked for goes first");
    let refused = collections.set_templates("designs", &["a photo".to_owned()]);
    assert!(refused.unwrap_err().to_string().contains("has no {}"));
    collections.set_templates("designs", &[]).unwrap();
    assert_eq!(best(&[]), two);
    // Another collection of that name begins anew.
    collections.set_templates("designs", &templates).unwrap();
    collections.drop("designs").unwrap();
    fixture.clip("designs");
    assert!(collections.report("designs").unwrap().templates.is_empty());
}
