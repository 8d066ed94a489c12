//! Explanations of pictures whose common places are known.

use std::fs;

use lookalike_imaging::{
    DecodeOptions, PreprocessKind, Preprocessor, ProcessorConfig, decode, encode_png,
};

use lookalike_engine::CollectionSettings;
use lookalike_engine::fixture::Fixture;
use lookalike_engine::import::{Control, ImportRequest, Originals};
use lookalike_engine::library::{ItemEdit, ListRequest, SortKey, Upload};
use lookalike_engine::search::{Poses, QueryFile, Region};
use lookalike_testkit::drawn_sheets::{self, Shape};

use super::*;

const PATCH: u32 = 14;

/// A preprocessing that leaves pictures of `side` as they are.
fn unchanged(side: u32) -> Geometry {
    let config = ProcessorConfig::dinov2();
    let preprocessor = Preprocessor::new(PreprocessKind::Stretch, side, PATCH, config).unwrap();
    let picture = RgbImage::filled(side, side, [0; 3]);
    preprocessor.geometry(&picture).unwrap()
}

fn grid(geometry: &Geometry, side: usize) -> matches::Grid<'_> {
    matches::Grid {
        columns: side,
        rows: side,
        patch: PATCH,
        geometry,
    }
}

#[test]
fn a_shifted_copy_is_linked_place_by_place() {
    // Every patch of a 10 x 10 grid is found two columns to the right; what falls off is nowhere.
    let side = 10;
    let mut similarities = vec![0.1; 100 * 100];
    for patch in (0..100).filter(|patch| patch % side < 8) {
        similarities[patch * 100 + patch + 2] = 0.9;
    }
    let geometry = unchanged(140);
    let grid = grid(&geometry, side);
    let comparison = Comparison::new(similarities, vec![1.0; 100], vec![1.0; 100]);
    let points = matches::correspondences(&comparison, &grid, &grid);
    assert_eq!(points.len(), 12);
    for point in &points {
        assert!(
            (point.item[0] - point.query[0] - 0.2).abs() < 1e-9,
            "{point:?}"
        );
        assert!((point.item[1] - point.query[1]).abs() < 1e-9, "{point:?}");
        assert_eq!(point.similarity, 0.9);
    }
    let (query, item) = comparison.heat();
    assert!(
        query[0] > 0.8 && query[9] < 0.05,
        "{} {}",
        query[0],
        query[9]
    );
    assert!(item[2] > 0.8 && item[0] < 0.05, "{} {}", item[2], item[0]);
}

#[test]
fn points_are_spread_and_blank_places_have_none() {
    let side = 20;
    let count = side * side;
    let mut similarities = vec![0.0; count * count];
    for patch in 0..count {
        similarities[patch * count + patch] = 0.95;
    }
    // Only the left half shows anything.
    let ink: Vec<f32> = (0..count)
        .map(|patch| if patch % side < 10 { 1.0 } else { 0.0 })
        .collect();
    let geometry = unchanged(280);
    let grid = grid(&geometry, side);
    let comparison = Comparison::new(similarities, ink.clone(), ink);
    let points = matches::correspondences(&comparison, &grid, &grid);
    assert_eq!(points.len(), 12);
    for (index, a) in points.iter().enumerate() {
        assert!(a.query[0] < 0.5, "{a:?}");
        for b in &points[..index] {
            let distance = (a.query[0] - b.query[0]).hypot(a.query[1] - b.query[1]);
            assert!(distance > 0.099, "{a:?} {b:?}");
        }
    }
    let (heat, _) = comparison.heat();
    assert!(
        heat.iter()
            .enumerate()
            .all(|(patch, heat)| (patch % side < 10) == (*heat > 0.5))
    );
}

#[test]
fn blank_pictures_have_nothing_in_common() {
    let geometry = unchanged(28);
    let grid = grid(&geometry, 2);
    let comparison = Comparison::new(vec![1.0; 16], vec![0.0; 4], vec![0.0; 4]);
    assert!(matches::correspondences(&comparison, &grid, &grid).is_empty());
    assert_eq!(comparison.heat(), (vec![0.0; 4], vec![0.0; 4]));
}

/// 240 x 160, paper with a few different figures, moved to the right.
fn drawing(shift: usize) -> RgbImage {
    let (width, height) = (240, 160);
    let mut data = vec![255; width * height * 3];
    let mut ink = |x: usize, y: usize| {
        let pixel = (y * width + x + shift) * 3;
        data[pixel..pixel + 3].fill(0);
    };
    for step in 0..50 {
        for thick in 0..3 {
            ink(20 + step, 20 + thick);
            ink(20 + step, 68 + thick);
            ink(20 + thick, 20 + step);
            ink(68 + thick, 20 + step);
            ink(100 + step, 120 - step + thick);
            ink(110 + step / 2, 130 + thick);
            let angle = step as f64 / 8.0;
            let (x, y) = (130.0 + 18.0 * angle.cos(), 40.0 + 18.0 * angle.sin());
            ink(x as usize + thick, y as usize);
        }
    }
    RgbImage::new(width as u32, height as u32, data).unwrap()
}

struct Imported {
    fixture: Fixture,
    ids: Vec<u64>,
}

/// Explains hits of that engine.
fn explainer(fixture: &Fixture) -> Explainer {
    Explainer::new(Arc::clone(&fixture.engine))
}

/// The drawings with these shifts as items.
fn imported(shifts: &[usize]) -> Imported {
    let settings = CollectionSettings {
        size: Some(224),
        ..CollectionSettings::default()
    };
    imported_with(shifts, settings)
}

/// The same in a collection with these settings.
fn imported_with(shifts: &[usize], settings: CollectionSettings) -> Imported {
    let fixture = Fixture::new();
    let folder = fixture.directory.path().join("drawings");
    fs::create_dir_all(&folder).unwrap();
    for shift in shifts {
        let file = folder.join(format!("{shift:03}.png"));
        fs::write(file, encode_png(&drawing(*shift)).unwrap()).unwrap();
    }
    let request = ImportRequest {
        shard: None,
        paths: vec![folder],
        collection: "default".into(),
        settings,
        batch_size: std::num::NonZeroUsize::new(4),
        originals: Originals::Reference,
        only: None,
        within: None,
        data_dir: fixture.directory.path().join("data"),
    };
    let report = fixture
        .engine
        .importer()
        .run(&request, &Control::default())
        .unwrap();
    assert_eq!(report.imported, shifts.len() as u64);
    // By name: files are read side by side, and the first to be read is item 1.
    let by_name = ListRequest {
        sort: SortKey::FileName,
        ..ListRequest::default()
    };
    let listed = fixture.engine.library().list(&by_name).unwrap().items;
    let ids = listed.iter().map(|one| one.item.id as u64).collect();
    Imported { fixture, ids }
}

#[test]
fn the_encoder_finds_a_moved_figure_again() {
    let Imported { fixture, ids } = imported(&[0, 45]);
    let explainer = explainer(&fixture);
    let explanation = explainer
        .explain(&Explained::Item(ids[0]), ItemPart::whole(ids[1]))
        .unwrap();
    assert_eq!(explanation.query_sides, (240, 160));
    let moved = |point: &Correspondence| {
        let right = point.item[0] - point.query[0] - 45.0 / 240.0;
        let down = point.item[1] - point.query[1];
        // A patch is 15 of the 240 pixels.
        right.abs() < 0.08 && down.abs() < 0.11
    };
    let points = &explanation.points;
    let right = points.iter().filter(|point| moved(point)).count();
    assert!(
        points.len() >= 4 && right * 3 >= points.len() * 2,
        "{points:?}"
    );
    for png in [&explanation.query_heatmap, &explanation.item_heatmap] {
        let map = decode(png, &DecodeOptions::default()).unwrap().image;
        assert_eq!((map.width(), map.height()), (240, 160));
        // The lower left of the drawing is paper: no colour there.
        let pixel = (150 * 240 + 5) * 3;
        assert_eq!(map.data()[pixel..pixel + 3], [255; 3]);
        let coloured = |rgb: &&[u8]| rgb[0].abs_diff(rgb[2]) > 40;
        assert!(map.data().chunks(3).filter(coloured).count() > 500);
    }
    let again = explainer.explain(&Explained::Item(ids[0]), ItemPart::whole(ids[1]));
    assert!(Arc::ptr_eq(&again.unwrap(), &explanation), "kept");
}

#[test]
fn a_search_is_explained_by_its_token_to_its_owner() {
    let Imported { fixture, ids } = imported(&[0]);
    let engine = &fixture.engine;
    let request = SearchRequest {
        queries: vec![
            Query::Image(QueryFile::new(None, encode_png(&drawing(45)).unwrap())),
            Query::Vector(vec![1.0; 256]),
        ],
        regions: vec![Region {
            x: 0.25,
            y: 0.0,
            width: 0.5,
            height: 1.0,
        }],
        owner: Some(7),
        ..SearchRequest::default()
    };
    let token = engine.search().run(&request).unwrap().query_token;
    let explainer = explainer(&fixture);
    let explain = |token: &str, owner, index, item| {
        let token = token.to_owned();
        explainer.explain(
            &Explained::Search {
                token,
                owner,
                index,
            },
            ItemPart::whole(item),
        )
    };
    let found = explain(&token, Some(7), 0, ids[0]).unwrap();
    assert_eq!(found.query_sides, (120, 160), "the region");
    let kind =
        |token: &str, owner, index, item| explain(token, owner, index, item).unwrap_err().kind();
    for owner in [None, Some(8)] {
        assert_eq!(kind(&token, owner, 0, ids[0]), ErrorKind::NotFound);
    }
    assert_eq!(kind("no token", Some(7), 0, ids[0]), ErrorKind::NotFound);
    assert_eq!(kind(&token, Some(7), 0, 99), ErrorKind::NotFound);
    assert_eq!(
        kind(&token, Some(7), 1, ids[0]),
        ErrorKind::InvalidInput,
        "a vector"
    );
    assert_eq!(
        kind(&token, Some(7), 2, ids[0]),
        ErrorKind::InvalidInput,
        "no query"
    );
}

#[test]
fn collections_of_the_former_encoder_are_explained_too() {
    let settings = CollectionSettings {
        model: Some("builtin-1".into()),
        ..CollectionSettings::default()
    };
    let Imported { fixture, ids } = imported_with(&[0], settings);
    let explanation = explainer(&fixture)
        .explain(&Explained::Item(ids[0]), ItemPart::whole(ids[0]))
        .unwrap();
    assert!(!explanation.points.is_empty());
}

/// Adds a picture to the collection `default`, and says which item it is.
fn uploaded(fixture: &Fixture, picture: &RgbImage, file_name: &str) -> u64 {
    let upload = Upload {
        collection: "default".into(),
        bytes: encode_png(picture).unwrap(),
        file_name: file_name.into(),
        fields: ItemEdit::default(),
    };
    let uploaded = fixture.engine.library().upload(upload).unwrap();
    uploaded.items[0].item.id.unsigned_abs()
}

#[test]
fn two_large_pictures_are_compared() {
    // A blank sheet: more than half of the memory for pixels that tests have.
    let side = 6_000;
    let sheet = |ink: u8| {
        let mut levels = vec![255; (side * side) as usize];
        levels[..100_000].fill(ink);
        RgbImage::from_grey(side, side, levels).unwrap()
    };
    let fixture = Fixture::new();
    let a = uploaded(&fixture, &sheet(0), "a.png");
    let b = uploaded(&fixture, &sheet(9), "b.png");
    let explained = explainer(&fixture)
        .explain(&Explained::Item(a), ItemPart::whole(b))
        .unwrap();
    assert_eq!(explained.item_sides, (side, side));
}

#[test]
fn an_explanation_is_of_the_pose_that_found_the_hit() {
    let sheet = |shape| {
        let grey = drawn_sheets::sheet(&[(shape, 350, 500, '1')]);
        RgbImage::from_grey(drawn_sheets::WIDTH, drawn_sheets::HEIGHT, grey).unwrap()
    };
    let fixture = Fixture::new();
    let fan = uploaded(&fixture, &sheet(Shape::Fan), "fan.png");
    uploaded(&fixture, &sheet(Shape::Frames), "frames.png");
    // The figure as people cut it out of a sheet: without its caption.
    let (margin, side) = (30, drawn_sheets::SIDE + 60);
    let cut_out = sheet(Shape::Fan).crop(350 - margin, 500 - margin, side, side);
    let turned = Pose::from_name("turned_90").unwrap();
    let query = encode_png(&turned.apply(cut_out.unwrap())).unwrap();
    let request = SearchRequest {
        queries: vec![Query::Image(QueryFile::new(None, query))],
        min_score: Some(-1.0),
        poses: Poses::All,
        ..SearchRequest::default()
    };
    let answer = fixture.engine.search().run(&request).unwrap();
    assert_eq!(answer.ranked[0].item.id.unsigned_abs(), fan);
    let explained = Explained::Search {
        token: answer.query_token.clone(),
        owner: None,
        index: 0,
    };
    let explanation = explainer(&fixture)
        .explain(&explained, ItemPart::whole(fan))
        .unwrap();
    let change = explanation.change.clone().unwrap();
    assert!(!change.mirrored);
    assert!((change.turned_degrees - 270.0).abs() < 5.0, "{change:?}");
}
