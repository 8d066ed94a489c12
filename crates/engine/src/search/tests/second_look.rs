//! Hits that are compared again by what matches where.

use std::fs;
use std::path::{Path, PathBuf};

use lookalike_evidence::Query as Compared;
use lookalike_imaging::{RgbImage, encode_png};
use lookalike_testkit::drawn_sheets::Shape;

use super::*;
use crate::CollectionSettings;
use crate::fixture::Fixture;
use crate::import::{Control, ImportRequest, Originals};
use crate::stores::evidence_key;

const FRAMES: Drawn = (Shape::Frames, 350, 500, '1');
const FAN: Drawn = (Shape::Fan, 350, 500, '1');
const LADDER: Drawn = (Shape::Ladder, 350, 500, '1');

/// The built-in encoder as a folder, with a second look whatever it ships with.
fn model(folder: &Path) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/builtin");
    let model = folder.join("model");
    fs::create_dir_all(&model).unwrap();
    for file in ["model.safetensors", "preprocessor_config.json"] {
        fs::copy(shipped.join(file), model.join(file)).unwrap();
    }
    let config = fs::read_to_string(shipped.join("config.json")).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&config).unwrap();
    config["lookalike"]["second_look"] =
        serde_json::json!({"weight": 1.5, "scale": [[0.0, 0.1], [1.0, 1.0]]});
    fs::write(model.join("config.json"), config.to_string()).unwrap();
    model
}

pub(super) struct World {
    pub(super) fixture: Fixture,
    pictures: PathBuf,
}

impl World {
    /// Three sheets, and one of them again under another name.
    pub(super) fn new() -> Self {
        let fixture = Fixture::new();
        let pictures = fixture.directory.path().join("pictures");
        fs::create_dir_all(&pictures).unwrap();
        for (name, drawn) in [
            ("frames.png", FRAMES),
            ("fan.png", FAN),
            ("ladder.png", LADDER),
            ("same.png", FAN),
        ] {
            fs::write(pictures.join(name), png(&sheet(&[drawn]))).unwrap();
        }
        let world = Self { fixture, pictures };
        let model = model(world.fixture.directory.path());
        world.import(&model.to_string_lossy());
        world
    }

    fn import(&self, model: &str) {
        let request = ImportRequest {
            shard: None,
            paths: vec![self.pictures.clone()],
            only: None,
            within: None,
            collection: "default".into(),
            settings: CollectionSettings {
                model: Some(model.to_owned()),
                ..CollectionSettings::default()
            },
            batch_size: None,
            originals: Originals::Reference,
            data_dir: self.fixture.directory.path().join("data"),
        };
        let importer = self.fixture.engine.importer();
        let report = importer.run(&request, &Control::default()).unwrap();
        assert_eq!((report.imported, report.failed), (4, 0), "{report:?}");
    }

    pub(super) fn file(&self, name: &str) -> Query {
        let bytes = fs::read(self.pictures.join(name)).unwrap();
        Query::Image(QueryFile::new(Some(name), bytes))
    }

    pub(super) fn id(&self, name: &str) -> u64 {
        let item = self.fixture.engine.pictures().find(name, None).unwrap();
        item.id.unsigned_abs()
    }

    pub(super) fn search(&self, query: Query, request: SearchRequest) -> SearchAnswer {
        let request = SearchRequest {
            queries: vec![query],
            ..request
        };
        self.fixture.engine.search().run(&request).unwrap()
    }

    pub(super) fn evidence(&self, name: &str) -> lookalike_evidence::Evidence {
        let stores = self.fixture.engine.stores();
        let collection = stores.catalog().collection("default").unwrap();
        let file = stores
            .evidence()
            .of_collection(collection.id)
            .unwrap()
            .unwrap();
        let md5 = stores.item(self.id(name)).unwrap().md5;
        file.get(&evidence_key(&md5, 0).unwrap()).unwrap().unwrap()
    }
}

fn png(image: &RgbImage) -> Vec<u8> {
    encode_png(image).unwrap()
}

fn all() -> SearchRequest {
    SearchRequest {
        min_score: Some(-1.0),
        ..SearchRequest::default()
    }
}

/// File names, scores and first scores, the best first.
fn found(answer: &SearchAnswer) -> Vec<(&str, f32, Option<f32>)> {
    let hits = answer.ranked.iter();
    hits.map(|hit| (hit.item.file_name.as_str(), hit.score, hit.score_first))
        .collect()
}

#[test]
fn scores_mix_the_cosine_with_how_well_places_agree() {
    let world = World::new();
    let answer = world.search(world.file("fan.png"), all());
    assert_eq!(answer.query_info.rerank, answer.ranked.len());
    assert_eq!(answer.query_info.warnings, [""; 0]);
    let plain = world.search(
        world.file("fan.png"),
        SearchRequest {
            rerank: Some(0),
            ..all()
        },
    );
    assert_eq!(plain.query_info.rerank, 0);
    let stores = world.fixture.engine.stores();
    let collection = stores.catalog().collection("default").unwrap();
    let mixture = stores.encoders().second_look(&collection).unwrap();
    let query = Compared::new(&world.evidence("fan.png"));
    for (name, score, first) in found(&answer) {
        let before = found(&plain).into_iter().find(|hit| hit.0 == name).unwrap();
        assert_eq!((first, None), (Some(before.1), before.2), "{name}");
        let agreement = query.agreement(&world.evidence(name)).unwrap();
        let expected = mixture.score(before.1, agreement);
        assert!(
            (score - expected).abs() < 1e-6,
            "{name}: {score}, {expected}"
        );
    }
    let best: Vec<_> = found(&answer).into_iter().take(2).collect();
    // Both are the same picture: which was imported first decides.
    let mut names: Vec<_> = best.iter().map(|hit| hit.0).collect();
    names.sort_unstable();
    assert_eq!(names, ["fan.png", "same.png"]);
    assert!(best.iter().all(|hit| hit.1 > 0.999), "{best:?}");
    assert_eq!(answer.results[0].max_score, answer.ranked[0].score);
}

#[test]
fn thresholds_act_on_the_score_that_is_shown() {
    let world = World::new();
    let scores: Vec<f32> = found(&world.search(world.file("fan.png"), all()))
        .iter()
        .map(|hit| hit.1)
        .collect();
    assert_eq!(scores.len(), 4);
    let between = f32::midpoint(scores[2], scores[3]);
    let some = SearchRequest {
        min_score: Some(between),
        ..SearchRequest::default()
    };
    let answer = world.search(world.file("fan.png"), some.clone());
    assert_eq!(answer.ranked.len(), 3);
    let grouped = world.search(
        world.file("fan.png"),
        SearchRequest {
            limit: Limit::Groups(10),
            ..some
        },
    );
    let scores_of = |answer: &SearchAnswer| {
        let pages = answer.results.iter().flat_map(|group| &group.pages);
        let mut scores: Vec<_> = pages.map(|page| (page.id, page.score)).collect();
        scores.sort_by_key(|page| page.0);
        scores
    };
    assert_eq!(scores_of(&grouped), scores_of(&answer));
}

#[test]
fn items_are_compared_as_their_pictures_are() {
    let world = World::new();
    // As an item is stored.
    let all = || SearchRequest {
        poses: Poses::Upright,
        ..all()
    };
    let by_picture = world.search(world.file("ladder.png"), all());
    let by_item = world.search(Query::Item(world.id("ladder.png")), all());
    assert_eq!(found(&by_item), found(&by_picture));
    let again = world.search(world.file("ladder.png"), all());
    assert_eq!(found(&again), found(&by_picture), "remembered");
}

#[test]
fn what_has_no_evidence_keeps_its_first_score_and_says_so() {
    let world = World::new();
    let vector = world.fixture.engine.library().vector(world.id("fan.png"));
    let by_vector = world.search(Query::Vector(vector.unwrap().vector), all());
    assert_eq!(by_vector.query_info.rerank, 0);
    assert!(found(&by_vector).iter().all(|hit| hit.2.is_none()));
    let stores = world.fixture.engine.stores();
    let collection = stores.catalog().collection("default").unwrap();
    stores.evidence().forget(collection.id).unwrap();
    let answer = world.search(world.file("fan.png"), all());
    assert_eq!(answer.query_info.rerank, 0);
    let [warning] = &answer.query_info.warnings[..] else {
        panic!("{:?}", answer.query_info.warnings);
    };
    assert!(warning.contains("`default`") && warning.contains("embed it again"));
    assert!(found(&answer).iter().all(|hit| hit.2.is_none()));
}

#[test]
fn too_many_to_compare_are_refused() {
    let world = World::new();
    let request = SearchRequest {
        queries: vec![world.file("fan.png")],
        rerank: Some(RERANK_MAX + 1),
        ..SearchRequest::default()
    };
    let error = world.fixture.engine.search().run(&request).unwrap_err();
    assert_eq!(error.to_string(), "rerank is 2001; give 0 to 2000");
}

#[test]
fn a_search_made_again_without_its_picture_has_its_second_look_too() {
    let world = World::new();
    let answer = world.search(world.file("fan.png"), all());
    assert!(found(&answer).iter().any(|(.., first)| first.is_some()));
    let past = world.fixture.engine.search();
    let past = past.past(&answer.query_token, None).unwrap();
    let again = world.search(past.kept_query(0), all());
    assert_eq!(found(&again), found(&answer));
    assert_eq!(again.query_token, answer.query_token);
}
