//! Which collection a bank goes into, and what searching it then gives.

use lookalike_catalog::{Content, NewItem};
use lookalike_engine::import::Control;
use lookalike_engine::search::{Query, QueryFile};
use lookalike_engine::{CollectionSettings, ErrorKind};
use lookalike_storage::Metric;
use lookalike_transfer::{BankImportRequest, import_banks};
use serde_json::json;

use crate::support::{Fixture, bits, golden, request, write_lines};

/// Two along one axis with lengths 1 and 10, one beside them, one opposite.
const VECTORS: [f32; 8] = [1.0, 0.0, 10.0, 0.0, 3.0, 4.0, -1.0, 0.0];

fn scores(answer: &lookalike_engine::search::SearchAnswer) -> Vec<(String, f32)> {
    let pages = answer.results.iter().flat_map(|group| &group.pages);
    let mut hits: Vec<(String, f32)> = pages
        .map(|page| (page.file_name.clone(), page.score))
        .collect();
    hits.sort_by(|a, b| a.0.cmp(&b.0));
    hits
}

#[test]
fn vectors_of_any_length_are_searched_by_each_metric() {
    let fixture = Fixture::new();
    let bank = write_lines(&fixture, "v", 2, &VECTORS, &[]);
    for (metric, expected) in [
        (Metric::Cosine, [("v-0", 1.0), ("v-1", 1.0), ("v-2", 0.6)]),
        (
            Metric::InnerProduct,
            [("v-0", 2.0), ("v-1", 20.0), ("v-2", 6.0)],
        ),
        (
            Metric::L2,
            [("v-0", 1.0), ("v-2", 17.0_f32.sqrt()), ("v-3", 3.0)],
        ),
    ] {
        let name = metric.to_string();
        let asked = BankImportRequest {
            metric: Some(metric),
            ..request(&bank, &name)
        };
        assert_eq!(fixture.try_import(&asked).unwrap().imported, 4);
        let answer = fixture.search(&name, Query::Vector(vec![2.0, 0.0]));
        let found = scores(&answer);
        let close = found
            .iter()
            .zip(&expected)
            .all(|(found, expected)| found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-5);
        assert!(close && found.len() == 3, "{name}: {found:?}");
        let item = fixture.stored(&name)[2].0.id as u64;
        let by_item = scores(&fixture.search(&name, Query::Item(item)));
        let by_vector = scores(&fixture.search(&name, Query::Vector(vec![3.0, 4.0])));
        assert_eq!(by_item, by_vector);
    }
    let picture = fixture
        .engine
        .search()
        .run(&lookalike_engine::search::SearchRequest {
            queries: vec![Query::Image(QueryFile::new(None, Vec::new()))],
            collections: vec!["cosine".into()],
            ..Default::default()
        });
    let message = picture.unwrap_err().to_string();
    assert!(message.contains("has no encoder"), "{message}");
}

#[test]
fn lengths_are_kept_unless_the_collection_normalises() {
    let fixture = Fixture::new();
    let bank = write_lines(&fixture, "v", 2, &VECTORS, &[]);
    fixture.import(&bank, "plain");
    assert_eq!(fixture.stored("plain")[1].1, bits(&[10.0, 0.0]));
    let unit = BankImportRequest {
        normalize: Some(true),
        ..request(&bank, "unit")
    };
    fixture.try_import(&unit).unwrap();
    assert_eq!(fixture.stored("unit")[2].1, bits(&[0.6, 0.8]));
    // Found again although the bank holds another length than the collection.
    assert_eq!(fixture.import(&bank, "unit").skipped, 4);
}

#[test]
fn a_bank_that_does_not_fit_is_refused_and_changes_nothing() {
    let fixture = Fixture::new();
    let bank = write_lines(&fixture, "v", 2, &VECTORS, &[]);
    fixture.import(&bank, "two");
    let error = fixture.try_import(&request(&golden("f32.npz"), "two"));
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let message = error.to_string();
    assert!(message.contains("holds vectors of 2 numbers"), "{message}");
    assert!(message.contains("f32.npz has vectors of 5"), "{message}");
    let asked = BankImportRequest {
        metric: Some(Metric::L2),
        ..request(&bank, "two")
    };
    let message = fixture.try_import(&asked).unwrap_err().to_string();
    assert!(message.contains("has metric cosine"), "{message}");
    assert!(message.contains("is to have l2"), "{message}");
    let both = BankImportRequest {
        banks: vec![bank.clone(), golden("f32.npz")],
        ..request(&bank, "both")
    };
    assert!(fixture.try_import(&both).is_err());
    assert!(
        fixture
            .engine
            .stores()
            .catalog()
            .find_collection("both")
            .unwrap()
            .is_none()
    );

    let settings = CollectionSettings::default();
    fixture
        .engine
        .collections()
        .create("encoded", &settings)
        .unwrap();
    let wide = write_lines(&fixture, "wide", 256, &[0.5; 256], &[]);
    let message = fixture
        .try_import(&request(&wide, "encoded"))
        .unwrap_err()
        .to_string();
    assert!(message.contains("of encoder `builtin`"), "{message}");
    assert!(message.contains("of no known encoder"), "{message}");
}

#[test]
fn our_own_bank_brings_its_encoder_along() {
    let fixture = Fixture::new();
    let settings = CollectionSettings::default();
    let made = fixture
        .engine
        .collections()
        .create("made", &settings)
        .unwrap();
    let mut vector = [0.0; 256];
    vector[3] = 1.0;
    let item = NewItem {
        content: Content {
            md5: "0123456789abcdef0123456789abcdef".into(),
            width: 1,
            height: 1,
            file_size: 1,
            format: "png".into(),
            original_key: None,
            turn: None,
            page: None,
        },
        external_id: None,
        file_name: "a.png".into(),
        path: None,
        patent_id: None,
        page_num: None,
        image_index: None,
        view: None,
        front_page: false,
        description: None,
        tags: Vec::new(),
        attributes: serde_json::Map::new(),
        warnings: Vec::new(),
    };
    fixture
        .engine
        .stores()
        .catalog()
        .write(0, |tx| tx.place_item(&made, &item, Some(&vector)))
        .unwrap();
    let picture = std::fs::read(golden("../images/good/png-rgb.png")).unwrap();
    for name in ["out.npz", "out.npy", "out"] {
        let output = fixture.export("made", name);
        let elsewhere = Fixture::new();
        elsewhere.import(&output, "brought");
        let spec = elsewhere
            .engine
            .stores()
            .catalog()
            .collection("brought")
            .unwrap()
            .spec;
        assert_eq!(spec.model.as_deref(), Some("builtin"), "{name}");
        assert_eq!(spec.model_fingerprint, made.spec.model_fingerprint);
        assert_eq!(
            (&spec.preprocess, spec.size),
            (&made.spec.preprocess, made.spec.size)
        );
        assert!(spec.normalize);
        // A picture can be looked for: the encoder is found and fits.
        elsewhere.search(
            "brought",
            Query::Image(QueryFile::new(None, picture.clone())),
        );
        // It also fits a collection that was made here, but not one of plain vectors.
        elsewhere
            .engine
            .collections()
            .create("own", &settings)
            .unwrap();
        assert_eq!(elsewhere.import(&output, "own").imported, 1);
        let smaller = CollectionSettings {
            size: Some(224),
            ..CollectionSettings::default()
        };
        elsewhere
            .engine
            .collections()
            .create("small", &smaller)
            .unwrap();
        let refused = |collection| {
            let refused = elsewhere.try_import(&request(&output, collection));
            refused.unwrap_err().to_string()
        };
        let message = refused("small");
        assert!(message.contains("figure at 224 px"), "{message}");
        let plain = write_lines(&elsewhere, "plain", 256, &[0.5; 256], &[]);
        elsewhere.import(&plain, "plain");
        let message = refused("plain");
        assert!(message.contains("of no known encoder"), "{message}");
    }
}

#[test]
fn an_import_that_was_stopped_goes_on() {
    let fixture = Fixture::new();
    let values: Vec<f32> = (0..80_000).map(|value| value as f32).collect();
    let bank = write_lines(&fixture, "many", 2, &values, &[]);
    let request = request(&bank, "bank");
    let control = Control::default();
    let report = std::thread::scope(|scope| {
        let run = scope.spawn(|| import_banks(fixture.engine.stores(), &request, &control));
        while control.progress.snapshot().imported == 0 {
            std::thread::yield_now();
        }
        control.cancel.cancel();
        run.join().unwrap().unwrap()
    });
    assert!(report.imported > 0, "{report:?}");
    let rest = fixture.import(&bank, "bank");
    assert_eq!(rest.skipped, report.imported);
    assert_eq!(rest.imported, 40_000 - report.imported);
    let stored: Vec<u32> = fixture
        .stored("bank")
        .into_iter()
        .flat_map(|(_, bits)| bits)
        .collect();
    assert_eq!(stored, bits(&values));
}

#[test]
fn one_external_id_is_one_item() {
    let fixture = Fixture::new();
    let lines = [json!({"id": "a"}), json!({"id": "a"}), json!({"id": "a"})];
    let values = [1.0, 2.0, 1.0, 2.0, 1.0, 3.0];
    let bank = write_lines(&fixture, "twice", 2, &values, &lines);
    let report = fixture.import(&bank, "bank");
    assert_eq!((report.imported, report.skipped, report.failed), (1, 1, 1));
    let reason = &report.failed_files[0].reason;
    assert!(
        reason.contains("an item `a` with another vector"),
        "{reason}"
    );
}
