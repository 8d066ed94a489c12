//! Queries in several poses.

use std::fs;

use lookalike_imaging::{PreprocessKind, RgbImage, encode_png};
use lookalike_testkit::drawn_sheets::{SIDE, Shape};

use super::*;
use crate::fixture::Fixture;

const PLACE: (u32, u32) = (350, 500);

fn drawn(shape: Shape) -> Drawn {
    (shape, PLACE.0, PLACE.1, '1')
}

/// A figure as people cut it out of a sheet: without its caption.
fn cut_out(shape: Shape) -> RgbImage {
    let margin = 30;
    let side = SIDE + 2 * margin;
    let sheet = sheet(&[drawn(shape)]);
    sheet
        .crop(PLACE.0 - margin, PLACE.1 - margin, side, side)
        .unwrap()
}

/// A collection of three sheets, of which the fan looks otherwise in each pose.
fn world(preprocess: PreprocessKind) -> Fixture {
    let fixture = Fixture::new();
    let pictures = fixture.directory.path().join("pictures");
    fs::create_dir_all(&pictures).unwrap();
    for (name, shape) in [
        ("fan.png", Shape::Fan),
        ("frames.png", Shape::Frames),
        ("ladder.png", Shape::Ladder),
    ] {
        let png = encode_png(&sheet(&[drawn(shape)])).unwrap();
        fs::write(pictures.join(name), png).unwrap();
    }
    import(&fixture, &pictures, preprocess, 3);
    fixture
}

fn picture(image: &RgbImage) -> Query {
    Query::Image(QueryFile::new(None, encode_png(image).unwrap()))
}

fn request(query: Query, poses: Poses) -> SearchRequest {
    SearchRequest {
        queries: vec![query],
        min_score: Some(-1.0),
        poses,
        ..SearchRequest::default()
    }
}

fn search(fixture: &Fixture, query: Query, poses: Poses) -> SearchAnswer {
    let request = request(query, poses);
    fixture.engine.search().run(&request).unwrap()
}

/// File names, scores and poses, the best first.
fn found(answer: &SearchAnswer) -> Vec<(String, f32, Pose)> {
    let hits = answer.ranked.iter();
    hits.map(|hit| (hit.item.file_name.clone(), hit.score, hit.pose))
        .collect()
}

/// The pose that undoes another.
fn inverse(pose: Pose) -> Pose {
    Pose {
        turn: if pose.mirrored {
            pose.turn
        } else {
            pose.turn.inverse()
        },
        ..pose
    }
}

#[test]
fn a_turned_or_mirrored_drawing_is_found_as_well_as_an_upright_one() {
    let fixture = world(PreprocessKind::Figure);
    for pose in Pose::ALL {
        let query = || picture(&pose.apply(cut_out(Shape::Fan)));
        let answer = search(&fixture, query(), Poses::All);
        assert_eq!(answer.query_info.poses, Pose::ALL);
        let (name, score, by) = found(&answer)[0].clone();
        assert_eq!((name.as_str(), by), ("fan.png", inverse(pose)));
        // On second look too: that is taken in the pose that found it.
        assert!(score > 0.97, "{pose:?}: {score}");
        assert!(answer.ranked[0].score_first.is_some());
        if pose != Pose::UPRIGHT {
            let upright = search(&fixture, query(), Poses::Upright);
            let hits = found(&upright);
            let fan = hits.iter().find(|hit| hit.0 == "fan.png").unwrap();
            assert!(fan.1 < score - 0.02, "{pose:?}: {} {score}", fan.1);
            assert_eq!(fan.2, Pose::UPRIGHT);
        }
    }
}

#[test]
fn groups_and_items_are_found_by_the_same_poses() {
    let fixture = world(PreprocessKind::Figure);
    let pose = Pose::from_name("mirrored_turned_90").unwrap();
    let query = || picture(&pose.apply(cut_out(Shape::Fan)));
    let items = search(&fixture, query(), Poses::All);
    let grouped = SearchRequest {
        limit: Limit::Groups(3),
        ..request(query(), Poses::All)
    };
    let groups = fixture.engine.search().run(&grouped).unwrap();
    assert_eq!(found(&groups), found(&items));
}

#[test]
fn auto_asks_in_the_poses_that_are_in_doubt() {
    let fixture = world(PreprocessKind::Figure);
    let poses = |query| search(&fixture, query, Poses::Auto).query_info.poses;
    let captioned = picture(&sheet(&[drawn(Shape::Fan)]));
    assert_eq!(poses(captioned), [Pose::UPRIGHT, Pose::MIRRORED]);
    assert_eq!(poses(picture(&cut_out(Shape::Fan))), Pose::ALL);
    let colours = (0..60 * 60 * 3).map(|i| (i * 7 % 251) as u8).collect();
    let photo = RgbImage::new(60, 60, colours).unwrap();
    assert_eq!(poses(picture(&photo)), [Pose::UPRIGHT]);
    let item = fixture.engine.pictures().find("fan.png", None).unwrap();
    let item = Query::Item(item.id.unsigned_abs());
    assert_eq!(poses(item.clone()), [Pose::UPRIGHT]);
    let turned = search(&fixture, item, Poses::Turns);
    assert_eq!(turned.query_info.poses, Pose::ALL[..4]);
    assert_eq!(found(&turned)[0].0, "fan.png");

    let letterbox = world(PreprocessKind::Letterbox);
    let answer = search(&letterbox, picture(&cut_out(Shape::Fan)), Poses::Auto);
    assert_eq!(answer.query_info.poses, [Pose::UPRIGHT]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let fixture = world(PreprocessKind::Figure);
    let turned = Pose::from_name("turned_270").unwrap();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let query = picture(&turned.apply(cut_out(Shape::Fan)));
        let pool = pool.build().unwrap();
        pool.install(|| found(&search(&fixture, query, Poses::All)))
    };
    assert_eq!(with(1), with(5));
}

#[test]
fn a_search_made_again_keeps_its_poses() {
    let fixture = world(PreprocessKind::Figure);
    let turned = Pose::from_name("turned_90").unwrap();
    let once = SearchRequest {
        rerank: Some(0),
        ..request(picture(&turned.apply(cut_out(Shape::Fan))), Poses::All)
    };
    let searcher = fixture.engine.search();
    let answer = searcher.run(&once).unwrap();
    let past = searcher.past(&answer.query_token, None).unwrap();
    let again = SearchRequest {
        queries: vec![past.kept_query(0)],
        ..once
    };
    let again = searcher.run(&again).unwrap();
    assert_eq!(found(&again), found(&answer));
    assert_eq!(again.query_info.poses, Pose::ALL);
}
