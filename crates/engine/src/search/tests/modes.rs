//! Photos that are searched for in several forms.

use std::fs;

use lookalike_imaging::{PreprocessKind, RgbImage, encode_png};

use super::*;
use crate::fixture::Fixture;

const SIDE: u32 = 320;

/// A thing with a cross on it: lines on paper, or in colours on a ground that grows lighter.
#[derive(Clone, Copy)]
enum Look {
    Lines,
    Photo,
}

fn thing(look: Look, cross: bool) -> RgbImage {
    let mut data = Vec::new();
    for y in 0..SIDE {
        for x in 0..SIDE {
            let inside = (60..260).contains(&x) && (90..230).contains(&y);
            let edge = inside && !((64..256).contains(&x) && (94..226).contains(&y));
            let bar = |a: u32, middle: u32| a.abs_diff(middle) < 20;
            let on_bar = inside && cross && (bar(x, 160) || bar(y, 160));
            let at_bar =
                inside && cross && !(x.abs_diff(160) < 17 || y.abs_diff(160) < 17) && on_bar;
            data.extend(match look {
                Look::Lines if edge || at_bar => [0; 3],
                Look::Lines => [255; 3],
                Look::Photo if on_bar => [40, 60, 120],
                Look::Photo if inside => [190, 60, 50],
                Look::Photo => [
                    (140 + x / 5) as u8,
                    (150 + x / 5) as u8,
                    (155 + x / 5) as u8,
                ],
            });
        }
    }
    RgbImage::new(SIDE, SIDE, data).unwrap()
}

/// A collection with the drawings of both things, and the photo of one.
fn world(preprocess: PreprocessKind) -> Fixture {
    let fixture = Fixture::new();
    let pictures = fixture.directory.path().join("pictures");
    fs::create_dir_all(&pictures).unwrap();
    for (name, image) in [
        ("cross.png", thing(Look::Lines, true)),
        ("box.png", thing(Look::Lines, false)),
        ("photo.png", thing(Look::Photo, false)),
    ] {
        fs::write(pictures.join(name), encode_png(&image).unwrap()).unwrap();
    }
    import(&fixture, &pictures, preprocess, 3);
    fixture
}

fn search(fixture: &Fixture, image: &RgbImage, mode: Mode) -> SearchAnswer {
    let query = Query::Image(QueryFile::new(None, encode_png(image).unwrap()));
    let request = SearchRequest {
        queries: vec![query],
        min_score: Some(-1.0),
        mode,
        ..SearchRequest::default()
    };
    fixture.engine.search().run(&request).unwrap()
}

fn form_of(answer: &SearchAnswer, name: &str) -> (Form, f32) {
    let hit = answer
        .ranked
        .iter()
        .find(|hit| hit.item.file_name == name)
        .unwrap();
    (hit.form, hit.score)
}

#[test]
fn a_photo_finds_drawings_as_a_drawing_and_itself_as_it_is() {
    let fixture = world(PreprocessKind::Figure);
    let photo = thing(Look::Photo, true);
    let both = search(&fixture, &photo, Mode::Auto);
    assert_eq!(both.query_info.forms, Form::ALL);
    let (form, score) = form_of(&both, "cross.png");
    assert_eq!(form, Form::Drawing);
    assert!(score > form_of(&both, "box.png").1, "{both:?}");
    let as_drawing = search(&fixture, &photo, Mode::Drawing);
    assert_eq!(as_drawing.query_info.forms, [Form::Drawing]);
    assert_eq!(form_of(&as_drawing, "cross.png"), (Form::Drawing, score));
    let as_photo = search(&fixture, &photo, Mode::Photo);
    assert_eq!(as_photo.query_info.forms, [Form::AsIs, Form::CutOut]);
    assert!(form_of(&as_photo, "cross.png").1 < score);

    let same = search(&fixture, &thing(Look::Photo, false), Mode::Auto);
    assert_eq!(same.ranked[0].item.file_name, "photo.png");
    assert_eq!(same.ranked[0].form, Form::AsIs);
    assert!(same.ranked[0].score > 0.999);
}

#[test]
fn drawings_are_searched_for_as_they_are_whatever_the_mode() {
    let fixture = world(PreprocessKind::Figure);
    for mode in [Mode::Auto, Mode::Photo, Mode::Drawing, Mode::Both] {
        let answer = search(&fixture, &thing(Look::Lines, true), mode);
        assert_eq!(answer.query_info.forms, [Form::AsIs], "{mode}");
        assert_eq!(answer.ranked[0].item.file_name, "cross.png");
    }
}

#[test]
fn collections_that_do_not_look_at_pictures_prepare_photos_when_they_are_told_to() {
    let fixture = world(PreprocessKind::Letterbox);
    let photo = thing(Look::Photo, true);
    let forms = |mode| search(&fixture, &photo, mode).query_info.forms;
    assert_eq!(forms(Mode::Auto), [Form::AsIs]);
    assert_eq!(forms(Mode::Both), Form::ALL);
}

#[test]
fn a_search_made_again_keeps_its_forms_and_items_are_prepared_when_asked_for() {
    let fixture = world(PreprocessKind::Figure);
    let answer = search(&fixture, &thing(Look::Photo, true), Mode::Both);
    let searcher = fixture.engine.search();
    let past = searcher.past(&answer.query_token, None).unwrap();
    let again = SearchRequest {
        queries: vec![past.kept_query(0)],
        min_score: Some(-1.0),
        ..SearchRequest::default()
    };
    assert_eq!(searcher.run(&again).unwrap().query_info.forms, Form::ALL);
    let item = fixture.engine.pictures().find("photo.png", None).unwrap();
    let by_item = |mode| {
        let request = SearchRequest {
            queries: vec![Query::Item(item.id.unsigned_abs())],
            mode,
            ..SearchRequest::default()
        };
        searcher.run(&request).unwrap().query_info.forms
    };
    assert_eq!(by_item(Mode::Auto), [Form::AsIs]);
    assert_eq!(by_item(Mode::Drawing), [Form::Drawing]);
}
