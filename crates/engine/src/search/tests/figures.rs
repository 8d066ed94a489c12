//! Sheets with several figures: imported, searched for and found figure by figure.

use std::fs;
use std::path::PathBuf;

use lookalike_imaging::{PreprocessKind, RgbImage, encode_png};
use lookalike_testkit::drawn_sheets::{SIDE, Shape};

use super::*;
use crate::fixture::Fixture;
use crate::import::Control;
use crate::{Content as Pixels, PictureFigure, ReEmbedRequest, Unchanged, View};

const FRAMES: Drawn = (Shape::Frames, 100, 80, '1');
const FAN: Drawn = (Shape::Fan, 600, 880, '2');
const LADDER: Drawn = (Shape::Ladder, 350, 500, '1');

/// Says that its sheet 1 lies on its side, and what its two figures show.
const GRANT: &str = "<us-patent-grant><us-bibliographic-data-grant><publication-reference>\
    <document-id><country>US</country><doc-number>D0907292</doc-number><kind>S1</kind>\
    <date>20210105</date></document-id></publication-reference>\
    <application-reference appl-type=\"design\"/><figures>\
    <number-of-drawing-sheets>1</number-of-drawing-sheets>\
    <number-of-figures>2</number-of-figures></figures></us-bibliographic-data-grant>\
    <drawings><figure num=\"00001\"><img file=\"USD0907292-20210105-D00001.TIF\" \
    orientation=\"landscape\"/></figure></drawings>\
    <description><description-of-drawings><p>FIG. 1 is a front view of a frame; and,</p>\
    <p>FIG. 2 is a rear view thereof.</p></description-of-drawings></description>\
    </us-patent-grant>";

const SHEET: &str = "USD0907292-20210105-D00001.TIF";

fn png(image: &RgbImage) -> Vec<u8> {
    encode_png(image).unwrap()
}

/// A folder with a grant, its sheet of two figures stored sideways, and a sheet with one.
fn folder(fixture: &Fixture) -> PathBuf {
    let folder = fixture.directory.path().join("grant");
    fs::create_dir_all(&folder).unwrap();
    let stored = sheet(&[FRAMES, FAN]).turned(lookalike_catalog::Turn::CounterClockwise);
    fs::write(folder.join("USD0907292-20210105.XML"), GRANT).unwrap();
    // Told apart by content, not by name.
    fs::write(folder.join(SHEET), png(&stored)).unwrap();
    fs::write(folder.join("ladder.png"), png(&sheet(&[LADDER]))).unwrap();
    folder
}

/// The item of that file name, and its figures.
fn item(fixture: &Fixture, name: &str) -> (u64, Vec<Option<PictureFigure>>) {
    let item = fixture.engine.pictures().find(name, None).unwrap();
    let id = item.id.unsigned_abs();
    let vector = fixture.engine.library().vector(id).unwrap();
    let catalog = fixture.engine.stores().catalog();
    let figures = vector.figures.iter().map(|row| {
        let row = (id, row.figure_index as u8);
        PictureFigure::new(row.1, &catalog.figures(&[row]).unwrap()[&row])
    });
    (id, figures.collect())
}

fn search(fixture: &Fixture, query: Query, region: Option<Region>) -> Vec<PageHit> {
    let request = SearchRequest {
        queries: vec![query],
        min_score: Some(-1.0),
        regions: region.into_iter().collect(),
        ..SearchRequest::default()
    };
    let answer = fixture.engine.search().run(&request).unwrap();
    let mut pages: Vec<PageHit> = answer.results.into_iter().flat_map(|r| r.pages).collect();
    pages.sort_by(|a, b| b.score.total_cmp(&a.score));
    pages
}

fn is_near(found: [u32; 4], expected: [u32; 4]) -> bool {
    found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 6)
}

#[test]
fn a_sideways_sheet_is_shown_upright_and_has_a_row_for_each_figure() {
    let fixture = Fixture::new();
    import(&fixture, &folder(&fixture), PreprocessKind::Figure, 2);
    let (id, figures) = item(&fixture, SHEET);
    assert_eq!(figures.len(), 3);
    assert_eq!(figures[0], None, "the whole");
    for (figure, (_, x, y, digit), view) in
        [(&figures[1], FRAMES, "front"), (&figures[2], FAN, "back")]
    {
        let figure = figure.as_ref().unwrap();
        assert_eq!(figure.number, Some(digit.to_string()));
        assert_eq!(figure.label, Some(format!("FIG. {digit}")));
        assert_eq!(figure.view.as_deref(), Some(view));
        assert!(is_near(figure.area, [x, y, SIDE, SIDE]), "{figure:?}");
    }
    let (_, one) = item(&fixture, "ladder.png");
    let [Some(one)] = &one[..] else {
        panic!("one figure, one row: {one:?}");
    };
    assert!(is_near(one.area, [LADDER.1, LADDER.2, SIDE, SIDE]));

    let stored = fixture.engine.stores().item(id).unwrap();
    assert_eq!((stored.width, stored.height), (1200, 1600));
    for (view, sides) in [
        (View::Thumbnail, (225, 300)),
        (View::Full, (1200, 1600)),
        (View::Figure(0), (225, 300)),
        (View::Figure(2), (300, 300)),
        (View::FullFigure(2), (500, 500)),
    ] {
        let picture = fixture.engine.pictures().picture(&stored, view).unwrap();
        let Pixels::Bytes(bytes) = picture.content else {
            panic!("a sheet that is turned is no file as it is");
        };
        let shown = fixture.engine.stores().decode(&bytes).unwrap().image;
        let near = shown.width().abs_diff(sides.0) + shown.height().abs_diff(sides.1) <= 8;
        assert!(near, "{view:?}: {} x {}", shown.width(), shown.height());
    }
    let no_figure = fixture.engine.pictures().picture(&stored, View::Figure(3));
    assert_eq!(no_figure.err().unwrap().kind(), ErrorKind::NotFound);
}

#[test]
fn a_figure_alone_finds_its_place_on_a_sheet() {
    let fixture = Fixture::new();
    import(&fixture, &folder(&fixture), PreprocessKind::Figure, 2);
    let (id, _) = item(&fixture, SHEET);
    let alone = sheet(&[(Shape::Fan, 350, 500, '1')]);
    let file = QueryFile::new(None, png(&alone));
    let hits = search(&fixture, Query::Image(file), None);
    assert_eq!(hits.len(), 2);
    let found = hits[0].figure.as_ref().unwrap();
    assert_eq!((hits[0].id.unsigned_abs(), found.index), (id, 2));
    assert!(hits[0].score > 0.99, "{}", hits[0].score);
    assert_eq!(found.label.as_deref(), Some("FIG. 2"));
}

#[test]
fn a_sheet_with_several_figures_asks_with_each_unless_one_is_chosen() {
    let fixture = Fixture::new();
    import(&fixture, &folder(&fixture), PreprocessKind::Figure, 2);
    let (id, figures) = item(&fixture, SHEET);
    let both = sheet(&[FRAMES, FAN]);
    let queries = [
        Query::Image(QueryFile::new(None, png(&both))),
        Query::Item(id),
    ];
    let [_, Some(frames), Some(fan)] = &figures[..] else {
        panic!("{figures:?}");
    };
    let region = |figure: &PictureFigure| {
        let [x, y, width, height] = figure.area.map(f64::from);
        // In fractions with four digits, as a page may send them.
        let rounded = |value: f64| (value * 1e4).round() / 1e4;
        Region {
            x: rounded(x / 1200.0),
            y: rounded(y / 1600.0),
            width: rounded(width / 1200.0),
            height: rounded(height / 1600.0),
        }
    };
    for query in queries {
        let hits = search(&fixture, query.clone(), None);
        assert_eq!(hits[0].id.unsigned_abs(), id);
        assert!(hits[0].score > 0.999, "{}", hits[0].score);
        assert!(hits[0].figure.is_some(), "which figure fits best is told");
        for (index, figure) in [(1, frames), (2, fan)] {
            let hits = search(&fixture, query.clone(), Some(region(figure)));
            let found = hits[0].figure.as_ref().unwrap();
            assert_eq!((hits[0].id.unsigned_abs(), found.index), (id, index));
            assert!(hits[0].score > 0.9999, "{}", hits[0].score);
        }
    }
    // Found again without its picture, with all that was asked; kept are vectors, not what lies where.
    let request = SearchRequest {
        queries: vec![Query::Item(id)],
        min_score: Some(-1.0),
        rerank: Some(0),
        ..SearchRequest::default()
    };
    let searcher = fixture.engine.search();
    let made = searcher.make(&request).unwrap();
    let again = SearchRequest {
        queries: vec![made.kept_query(0)],
        ..request
    };
    let again = searcher.make(&again).unwrap();
    let scores = |past: &PastSearch| {
        let hits = past.answer.ranked.iter();
        hits.map(|hit| (hit.item.id, hit.score)).collect::<Vec<_>>()
    };
    assert_eq!(scores(&again), scores(&made));
}

#[test]
fn a_preview_tells_the_figures_to_choose_from() {
    let fixture = Fixture::new();
    let stored = sheet(&[FRAMES, FAN]).turned(lookalike_catalog::Turn::Clockwise);
    let found = fixture.engine.pictures().figures(&png(&stored)).unwrap();
    assert_eq!((found.width, found.height), (1200, 1600));
    let labels = found.figures.iter().map(|figure| figure.label.as_deref());
    assert_eq!(labels.collect::<Vec<_>>(), [Some("FIG. 1"), Some("FIG. 2")]);
    let photo = RgbImage::filled(80, 60, [90, 140, 60]);
    let nothing = fixture.engine.pictures().figures(&png(&photo)).unwrap();
    assert_eq!(nothing.figures, []);
}

#[test]
fn a_collection_from_before_is_taken_apart() {
    let fixture = Fixture::new();
    import(&fixture, &folder(&fixture), PreprocessKind::Letterbox, 2);
    let (id, figures) = item(&fixture, SHEET);
    assert_eq!(figures, [None]);
    let request = ReEmbedRequest {
        collection: "default".into(),
        model: None,
        preprocess: Some(PreprocessKind::Figure),
        size: None,
        unchanged: Unchanged::EmbeddedAnew,
        into: None,
        leave_out_missing: false,
    };
    // Once more changes nothing, and is not refused.
    for _ in 0..2 {
        let report = fixture
            .engine
            .re_embedder()
            .run(&request, &Control::default())
            .unwrap();
        assert_eq!((report.imported, report.failed), (2, 0));
        let (same, figures) = item(&fixture, SHEET);
        assert_eq!((same, figures.len()), (id, 3));
        let views = figures
            .iter()
            .flatten()
            .map(|figure| figure.view.as_deref());
        assert_eq!(views.collect::<Vec<_>>(), [Some("front"), Some("back")]);
        let stored = fixture.engine.stores().item(id).unwrap();
        assert_eq!((stored.width, stored.height), (1200, 1600));
    }
}
