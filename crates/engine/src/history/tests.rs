//! Recorded searches, made again.

use lookalike_imaging::{DecodeOptions, RgbImage, decode, encode_png};

use super::*;
use crate::CollectionSettings;
use crate::fixture::Fixture;
use crate::import::{Control, ImportRequest, Originals};
use crate::search::{QueryFile, SearchAnswer, SearchRequest};

fn fixture() -> Fixture {
    let fixture = Fixture::new();
    let request = ImportRequest {
        shard: None,
        paths: vec![fixture.pictures("pictures", 6)],
        collection: "default".into(),
        settings: CollectionSettings {
            size: Some(112),
            ..CollectionSettings::default()
        },
        batch_size: std::num::NonZeroUsize::new(4),
        originals: Originals::Reference,
        only: None,
        within: None,
        data_dir: fixture.directory.path().join("data"),
    };
    fixture
        .engine
        .importer()
        .run(&request, &Control::default())
        .unwrap();
    fixture
}

fn request(owner: Option<i64>) -> SearchRequest {
    let picture = RgbImage::filled(400, 200, [21, 21, 21]);
    SearchRequest {
        queries: vec![Query::Image(QueryFile::new(
            Some("C:\\designs\\lamp.png"),
            encode_png(&picture).unwrap(),
        ))],
        min_score: Some(-1.0),
        owner,
        ..SearchRequest::default()
    }
}

fn hits(answer: &SearchAnswer) -> Vec<(i64, f32)> {
    answer
        .ranked
        .iter()
        .map(|hit| (hit.item.id, hit.score))
        .collect()
}

#[test]
fn a_search_made_again_finds_the_same() {
    let fixture = fixture();
    let engine = &fixture.engine;
    let recorder = engine.recorder().unwrap();
    let answer = engine.search().run(&request(Some(1))).unwrap();
    recorder.record(&answer.query_token, Some(1));
    recorder.settle();
    let page = engine.history().page(Some(1), 1, 20).unwrap();
    assert_eq!((page.total, page.items.len()), (1, 1));
    let entry = &page.items[0];
    assert_eq!((entry.kind.as_str(), entry.total_matched), ("pictures", 6));
    assert_eq!(entry.query_token, answer.query_token);
    assert_eq!(entry.queries[0].file_name.as_deref(), Some("lamp.png"));
    assert_eq!(
        serde_json::to_value(&entry.parameters).unwrap(),
        serde_json::json!({"collection": ["default"], "top_k": 10, "min_score": -1.0})
    );
    let expected = hits(&answer);
    let top: Vec<(i64, f32)> = entry
        .top_hits
        .iter()
        .map(|past| (past.hit.id, past.hit.score))
        .collect();
    assert_eq!(top, expected);

    assert_eq!(entry.pictures, [0]);
    let thumbnail = |which| engine.history().thumbnail(Some(1), entry.id, 0, which);
    assert!(thumbnail(QueryThumbnail::Whole).is_err());
    let thumbnail = thumbnail(QueryThumbnail::SearchedFor).unwrap();
    let thumbnail = decode(&thumbnail, &DecodeOptions::default()).unwrap().image;
    assert_eq!((thumbnail.width(), thumbnail.height()), (320, 160));

    let earlier = engine.history().earlier(Some(1), entry.id).unwrap();
    let again = SearchRequest {
        queries: earlier.queries,
        ..request(Some(1))
    };
    let found = engine.search().run(&again).unwrap();
    assert_eq!(hits(&found), expected);
    assert_eq!(found.query_token, answer.query_token, "the same search");
    // Within a minute that is one entry, which keeps its picture.
    recorder.record(&found.query_token, Some(1));
    recorder.settle();
    assert_eq!(engine.history().page(Some(1), 1, 20).unwrap().total, 1);
    // With another parameter it is another one, whose picture is the thumbnail.
    let other = engine
        .search()
        .run(&SearchRequest {
            min_score: Some(-0.5),
            ..again
        })
        .unwrap();
    recorder.record(&other.query_token, Some(1));
    recorder.settle();
    let newest = engine.history().page(Some(1), 1, 1).unwrap();
    assert_eq!((newest.total, newest.items[0].pictures.len()), (2, 1));
}

#[test]
fn the_frame_of_a_region_and_what_is_around_it_outlive_their_picture() {
    let fixture = fixture();
    let engine = &fixture.engine;
    let recorder = engine.recorder().unwrap();
    let region = "0.25,0,0.5,1";
    let framed = SearchRequest {
        regions: vec![region.parse().unwrap()],
        ..request(None)
    };
    let record = |request: &SearchRequest| {
        let token = engine.search().run(request).unwrap().query_token;
        recorder.record(&token, None);
        recorder.settle();
        engine.history().page(None, 1, 1).unwrap().items.remove(0)
    };
    let entry = record(&framed);
    // Made again with another parameter, from what is kept alone.
    let earlier = engine.history().earlier(None, entry.id).unwrap();
    let again = record(&SearchRequest {
        queries: earlier.queries,
        min_score: Some(-0.5),
        ..framed
    });
    assert_ne!(again.id, entry.id);
    for entry in [entry, again] {
        assert_eq!(entry.queries[0].region, Some([0.25, 0.0, 0.5, 1.0]));
        assert_eq!(entry.wholes, [0]);
        let sides = |which| {
            let jpeg = engine
                .history()
                .thumbnail(None, entry.id, 0, which)
                .unwrap();
            let picture = decode(&jpeg, &DecodeOptions::default()).unwrap().image;
            (picture.width(), picture.height())
        };
        assert_eq!(sides(QueryThumbnail::Whole), (320, 160));
        assert_eq!(sides(QueryThumbnail::SearchedFor), (200, 200));
    }
}

#[test]
fn what_waits_is_recorded_at_the_end() {
    let fixture = fixture();
    let recorder = fixture.engine.recorder().unwrap();
    for top_k in 1..4 {
        let request = SearchRequest {
            limit: crate::search::Limit::Items(top_k),
            ..request(None)
        };
        let token = fixture.engine.search().run(&request).unwrap().query_token;
        recorder.record(&token, None);
        recorder.record("no such token", None);
        recorder.record(&token, Some(5));
    }
    drop(recorder);
    assert_eq!(fixture.engine.history().page(None, 1, 20).unwrap().total, 3);
    assert_eq!(
        fixture.engine.history().page(Some(5), 1, 20).unwrap().total,
        0
    );
}

#[test]
fn others_entries_are_not_there() {
    let fixture = fixture();
    let engine = &fixture.engine;
    let recorder = engine.recorder().unwrap();
    let token = engine.search().run(&request(Some(1))).unwrap().query_token;
    recorder.record(&token, Some(1));
    recorder.settle();
    let id = engine.history().page(Some(1), 1, 20).unwrap().items[0].id;
    for other in [None, Some(2)] {
        let kinds = [
            engine.history().entry(other, id).unwrap_err().kind(),
            {
                let history = engine.history();
                let thumbnail = history.thumbnail(other, id, 0, QueryThumbnail::SearchedFor);
                thumbnail.unwrap_err().kind()
            },
            engine.history().earlier(other, id).unwrap_err().kind(),
            engine.history().delete(other, id).unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::NotFound; 4]);
        assert_eq!(engine.history().clear(other).unwrap(), 0);
    }
    engine.history().delete(Some(1), id).unwrap();
    assert_eq!(engine.history().page(Some(1), 1, 20).unwrap().total, 0);
    for (page, page_size) in [(0, 20), (1, 0), (1, 101)] {
        assert!(engine.history().page(Some(1), page, page_size).is_err());
    }
}

#[test]
fn tokens_are_of_the_user_and_of_the_process() {
    let fixture = fixture();
    let token = |fixture: &Fixture, owner| {
        fixture
            .engine
            .search()
            .run(&request(owner))
            .unwrap()
            .query_token
    };
    let own = token(&fixture, Some(1));
    assert_eq!(token(&fixture, Some(1)), own);
    assert_ne!(token(&fixture, Some(2)), own);
    let fixture = fixture.reopen();
    assert_ne!(token(&fixture, Some(1)), own, "the secret is another one");
}

#[test]
fn other_embeddings_are_not_compared() {
    let fixture = fixture();
    let engine = &fixture.engine;
    let recorder = engine.recorder().unwrap();
    let token = engine.search().run(&request(None)).unwrap().query_token;
    recorder.record(&token, None);
    recorder.settle();
    let id = engine.history().page(None, 1, 20).unwrap().items[0].id;
    let import = ImportRequest {
        shard: None,
        paths: vec![fixture.pictures("pictures", 1)],
        collection: "larger".into(),
        settings: CollectionSettings {
            size: Some(140),
            ..CollectionSettings::default()
        },
        batch_size: std::num::NonZeroUsize::new(4),
        originals: Originals::Reference,
        only: None,
        within: None,
        data_dir: fixture.directory.path().join("data"),
    };
    engine.importer().run(&import, &Control::default()).unwrap();
    let again = SearchRequest {
        queries: engine.history().earlier(None, id).unwrap().queries,
        collections: vec!["larger".into()],
        ..SearchRequest::default()
    };
    let error = engine.search().run(&again).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
}
