//! Sheets drawn here, taken apart.

use lookalike_testkit::letters::strokes;
use proptest::prelude::*;

use super::*;

/// A white sheet to draw on.
struct Paper {
    width: u32,
    height: u32,
    levels: Vec<u8>,
}

impl Paper {
    fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            levels: vec![255; (width * height) as usize],
        }
    }

    fn dot(&mut self, x: f64, y: f64, radius: f64) {
        let reach = radius.ceil() as i64 + 1;
        for row in y as i64 - reach..=y as i64 + reach {
            for column in x as i64 - reach..=x as i64 + reach {
                let inside = (0..i64::from(self.width)).contains(&column)
                    && (0..i64::from(self.height)).contains(&row);
                if inside && (column as f64 - x).hypot(row as f64 - y) <= radius {
                    self.levels[(row * i64::from(self.width) + column) as usize] = 0;
                }
            }
        }
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), pen: f64) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let steps = length.ceil().max(1.0) as u32;
        for step in 0..=steps {
            let part = f64::from(step) / f64::from(steps);
            let x = from.0 + (to.0 - from.0) * part;
            let y = from.1 + (to.1 - from.1) * part;
            self.dot(x, y, pen / 2.0);
        }
    }

    fn dashed(&mut self, from: (f64, f64), to: (f64, f64)) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let at = |along: f64| {
            let part = (along / length).min(1.0);
            (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            )
        };
        let mut along = 0.0;
        while along < length {
            self.line(at(along), at(along + 20.0), 3.0);
            along += 32.0;
        }
    }

    fn outline(&mut self, bounds: Rect) {
        let (left, top) = (f64::from(bounds.x), f64::from(bounds.y));
        let (right, bottom) = (f64::from(bounds.right()), f64::from(bounds.bottom()));
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        for index in 0..4 {
            self.line(corners[index], corners[(index + 1) % 4], 4.0);
        }
        self.line(corners[0], corners[2], 3.0);
    }

    /// Capitals and digits of `height` pixels from an upper left corner; where they end.
    fn write(&mut self, text: &str, x: f64, y: f64, height: f64) -> f64 {
        let mut left = x;
        for letter in text.chars() {
            let strokes = strokes(letter);
            let mut widest: f64 = 0.2;
            for stroke in strokes {
                for pair in stroke.windows(2) {
                    let place =
                        |(across, down): (f64, f64)| (left + across * height, y + down * height);
                    self.line(place(pair[0]), place(pair[1]), height / 7.0);
                }
                widest = stroke.iter().map(|point| point.0).fold(widest, f64::max);
            }
            left += (widest + 0.3) * height;
        }
        left
    }

    fn sheet(self) -> RgbImage {
        RgbImage::from_grey(self.width, self.height, self.levels).unwrap()
    }
}

fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
    Rect {
        x,
        y,
        width,
        height,
    }
}

/// Boxes with a caption under each; the sheet and the boxes that figures should have.
fn captioned(figures: &[(Rect, &str)]) -> RgbImage {
    let mut paper = Paper::new(1200, 1600);
    for (bounds, caption) in figures {
        paper.outline(*bounds);
        let x = f64::from(bounds.x) + f64::from(bounds.width) / 2.0 - 80.0;
        paper.write(caption, x, f64::from(bounds.bottom()) + 50.0, 44.0);
    }
    paper.sheet()
}

const TWO: [(Rect, &str); 2] = [
    (
        Rect {
            x: 200,
            y: 100,
            width: 700,
            height: 450,
        },
        "FIG. 1",
    ),
    (
        Rect {
            x: 300,
            y: 850,
            width: 500,
            height: 500,
        },
        "FIG. 2",
    ),
];

fn texts(layout: &SheetLayout) -> Vec<&str> {
    let captions = layout.figures.iter();
    captions
        .map(|figure| figure.caption.as_ref().map_or("-", |caption| &caption.text))
        .collect()
}

fn is_near(found: Rect, expected: Rect) -> bool {
    let off = |a: u32, b: u32| a.abs_diff(b) <= 4;
    off(found.x, expected.x)
        && off(found.y, expected.y)
        && off(found.right(), expected.right())
        && off(found.bottom(), expected.bottom())
}

#[test]
fn figures_are_told_apart_and_their_captions_read() {
    let layout = find(&captioned(&TWO));
    assert_eq!(texts(&layout), ["FIG. 1", "FIG. 2"]);
    assert_eq!(layout.turn, Some(Turn::None));
    for (figure, (expected, _)) in layout.figures.iter().zip(TWO) {
        assert!(is_near(figure.bounds, expected), "{:?}", figure.bounds);
    }
}

#[test]
fn a_turned_sheet_has_turned_boxes_and_says_how_to_turn_it_back() {
    let upright = captioned(&[
        TWO[0],
        (rect(150, 900, 350, 400), "FIG. 3"),
        (rect(650, 880, 400, 420), "FIG. 4"),
    ]);
    let expected = find(&upright);
    assert_eq!(texts(&expected), ["FIG. 1", "FIG. 3", "FIG. 4"]);
    for turn in Turn::ALL {
        let found = find(&upright.clone().turned(turn));
        assert_eq!(found.turn, Some(turn.inverse()), "{turn:?}");
        assert_eq!(texts(&found), texts(&expected), "{turn:?}");
        for (found, expected) in found.figures.iter().zip(&expected.figures) {
            let (width, height) = (upright.width(), upright.height());
            assert_eq!(found.bounds, expected.bounds.turned(turn, width, height));
        }
        // Turned back, every figure looks the same.
        for index in 0..3 {
            let original = expected.cut(&upright, Part::Figure(index));
            let turned = upright.clone().turned(turn);
            assert_eq!(found.cut(&turned, Part::Figure(index)), original);
        }
    }
}

#[test]
fn a_sheet_is_made_upright_by_its_captions_unless_more_is_known() {
    let sheet = captioned(&TWO);
    let expected = UprightSheet::new(sheet.clone(), None);
    assert_eq!(expected.turn, Turn::None);
    for turn in Turn::ALL {
        let found = UprightSheet::new(sheet.clone().turned(turn), None);
        assert_eq!(found.turn, turn.inverse());
        assert_eq!(found.image, expected.image);
        assert_eq!(found.layout, expected.layout, "{turn:?}");
    }
    let known = UprightSheet::new(sheet.clone(), Some(Turn::Half));
    assert_eq!(known.image, sheet.turned(Turn::Half));
    assert_eq!(
        known.layout.turn,
        Some(Turn::Half),
        "its captions say otherwise"
    );
}

#[test]
fn broken_lines_and_exploded_views_stay_whole() {
    let mut paper = Paper::new(1200, 1600);
    // Parts far apart, held together by one caption and a bracket of broken lines.
    paper.outline(rect(150, 100, 300, 300));
    paper.outline(rect(700, 600, 350, 300));
    paper.dashed((450.0, 250.0), (870.0, 250.0));
    paper.dashed((870.0, 250.0), (870.0, 590.0));
    paper.outline(rect(200, 1100, 300, 200));
    paper.write("FIG. 3", 500.0, 1450.0, 44.0);
    let layout = find(&paper.sheet());
    assert_eq!(texts(&layout), ["FIG. 3"]);
    assert!(is_near(layout.figures[0].bounds, rect(150, 100, 900, 1200)));
}

#[test]
fn figures_that_interlock_are_not_cut() {
    let mut paper = Paper::new(1200, 1600);
    // An L around a block, each with its caption on the outer side.
    for (from, to) in [
        ((100.0, 100.0), (100.0, 1300.0)),
        ((100.0, 1300.0), (1000.0, 1300.0)),
        ((1000.0, 1300.0), (1000.0, 1200.0)),
        ((1000.0, 1200.0), (220.0, 1200.0)),
        ((220.0, 1200.0), (220.0, 100.0)),
        ((220.0, 100.0), (100.0, 100.0)),
    ] {
        paper.line(from, to, 4.0);
    }
    paper.outline(rect(940, 200, 220, 780));
    paper.write("FIG. 1", 420.0, 1400.0, 44.0);
    paper.write("FIG. 2", 960.0, 1040.0, 44.0);
    let layout = find(&paper.sheet());
    assert_eq!(texts(&layout), ["FIG. 1", "FIG. 2"]);
    assert!(is_near(layout.figures[0].bounds, rect(100, 100, 900, 1200)));
    assert!(is_near(layout.figures[1].bounds, rect(940, 200, 220, 780)));
}

#[test]
fn a_header_line_is_no_part_of_the_drawing() {
    let mut paper = Paper::new(1200, 1600);
    let mut x = 150.0;
    while x < 1000.0 {
        x = paper.write("2143 F12", x, 100.0, 24.0) + 20.0;
    }
    paper.outline(rect(300, 400, 500, 700));
    paper.write("FIG. 2", 480.0, 1200.0, 44.0);
    let sheet = paper.sheet();
    let layout = find(&sheet);
    assert_eq!(texts(&layout), ["FIG. 2"]);
    assert!(is_near(layout.figures[0].bounds, rect(300, 400, 500, 700)));
    let whole = layout.cut(&sheet, Part::Whole).unwrap();
    assert!(whole.height() < 800, "{whole:?}");
}

#[test]
fn captions_whose_strokes_are_broken_are_read() {
    let mut paper = Paper::new(1200, 1600);
    paper.outline(rect(300, 200, 600, 700));
    paper.write("FIG. 4", 480.0, 1000.0, 60.0);
    // Every ninth row and column of the caption is lost.
    for row in 990..1070 {
        for column in 460..800 {
            if row % 9 == 0 || column % 9 == 0 {
                paper.levels[row * 1200 + column] = 255;
            }
        }
    }
    let layout = find(&paper.sheet());
    assert_eq!(texts(&layout), ["FIG. 4"]);
    assert!(is_near(layout.figures[0].bounds, rect(300, 200, 600, 700)));
}

#[test]
fn the_caption_is_not_in_the_cut() {
    let mut paper = Paper::new(1200, 1600);
    // A figure whose box holds its caption.
    paper.line((100.0, 100.0), (100.0, 900.0), 4.0);
    paper.line((100.0, 900.0), (1000.0, 900.0), 4.0);
    let bare = Paper {
        levels: paper.levels.clone(),
        ..paper
    };
    paper.write("FIG. 4", 600.0, 300.0, 44.0);
    let (with, without) = (paper.sheet(), bare.sheet());
    let layout = find(&with);
    assert_eq!(texts(&layout), ["FIG. 4"]);
    for part in [Part::Whole, Part::Figure(0)] {
        assert_eq!(
            layout.cut(&with, part),
            find(&without).cut(&without, part),
            "{part:?}"
        );
    }
}

#[test]
fn cuts_have_a_margin_even_where_the_sheet_ends() {
    let mut paper = Paper::new(400, 300);
    paper.levels.fill(255);
    paper.line((0.0, 0.0), (399.0, 299.0), 2.0);
    let sheet = paper.sheet();
    let cut = find(&sheet).cut(&sheet, Part::Whole).unwrap();
    // A twentieth of 400 on every side.
    assert_eq!((cut.width(), cut.height()), (440, 340));
    assert!(
        cut.samples().0[..440 * 20]
            .iter()
            .all(|&level| level == 255)
    );
    assert!(find(&sheet).cut(&sheet, Part::Figure(1)).is_none());
}

#[test]
fn what_cannot_be_parted_stays_one() {
    // Two captions, one drawing.
    let mut paper = Paper::new(1200, 1600);
    paper.outline(rect(200, 200, 800, 800));
    paper.write("FIG. 1", 300.0, 1100.0, 44.0);
    paper.write("FIG. 2", 700.0, 1100.0, 44.0);
    let layout = find(&paper.sheet());
    assert_eq!(layout.figures.len(), 1);
    assert!(is_near(layout.figures[0].bounds, rect(200, 200, 800, 800)));
}

#[test]
fn empty_and_tiny_sheets_have_a_layout() {
    let white = RgbImage::from_grey(300, 200, vec![255; 60_000]).unwrap();
    assert!(find(&white).figures.is_empty());
    assert_eq!(
        find(&white).cut(&white, Part::Whole),
        Some(white),
        "nothing to cut to"
    );
    for level in [0, 255] {
        let dot = RgbImage::from_grey(1, 1, vec![level]).unwrap();
        let layout = find(&dot);
        assert!(layout.cut(&dot, Part::Whole).is_some());
    }
}

fn check(sheet: &RgbImage) -> SheetLayout {
    let layout = find(sheet);
    assert_eq!(layout, find(&sheet.clone()), "splitting is deterministic");
    for (index, figure) in layout.figures.iter().enumerate() {
        let bounds = figure.bounds;
        assert!(bounds.width > 0 && bounds.height > 0);
        assert!(bounds.right() <= sheet.width() && bounds.bottom() <= sheet.height());
        assert!(layout.cut(sheet, Part::Figure(index)).is_some());
        for other in &layout.figures[index + 1..] {
            assert!(!bounds.contains(&other.bounds) && !other.bounds.contains(&bounds));
        }
    }
    assert!(layout.cut(sheet, Part::Whole).is_some());
    layout
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bitmap_has_a_sound_layout(
        width in 1_u32..150,
        seed in prop::collection::vec(any::<u8>(), 1..400),
        density in 1_u8..=255,
    ) {
        let height = (seed.len() as u32 * 7).div_ceil(width);
        let level = |index: u32| {
            let byte = seed[(index as usize * 31 + index as usize / 7) % seed.len()];
            if byte < density { 255 } else { byte.wrapping_mul(3) }
        };
        let levels = (0..width * height).map(level).collect();
        check(&RgbImage::from_grey(width, height, levels).unwrap());
    }

    #[test]
    fn specks_change_nothing(
        specks in prop::collection::vec((40_u32..1160, 20_u32..1580), 1..6),
    ) {
        let clean = captioned(&TWO);
        let mut levels = clean.samples().0.to_vec();
        for (x, y) in specks {
            // Away from ink by twice what a speck needs: what lies beside a line is none, and gaps
            // are measured on a coarse grid.
            let near = rect(x.saturating_sub(80), y.saturating_sub(80), 160, 160);
            let is_alone = TWO.iter().all(|(bounds, _)| {
                let with_caption = rect(bounds.x, bounds.y, bounds.width, bounds.height + 120);
                with_caption.intersection(&near).is_none()
            });
            if is_alone {
                levels[(y * 1200 + x) as usize] = 0;
            }
        }
        let speckled = RgbImage::from_grey(1200, 1600, levels).unwrap();
        let (found, expected) = (check(&speckled), check(&clean));
        prop_assert_eq!(texts(&found), texts(&expected));
        for (index, (found_figure, figure)) in found.figures.iter().zip(&expected.figures).enumerate() {
            prop_assert_eq!(found_figure.bounds, figure.bounds);
            prop_assert_eq!(
                found.cut(&speckled, Part::Figure(index)),
                expected.cut(&clean, Part::Figure(index))
            );
        }
    }
}
