//! Descriptions as they are found in grants.

use super::super::View;
use super::parse_figures;

fn read(text: &str) -> Vec<(String, Option<View>)> {
    parse_figures(text)
        .into_iter()
        .map(|figure| (figure.label, figure.view))
        .collect()
}

#[test]
fn one_figure_a_paragraph() {
    for (text, view) in [
        (
            "FIG. 1 is a perspective view of a shoe showing my new design;",
            View::Perspective,
        ),
        (
            "FIG. 1 is a top, front and right side perspective view of a lamp;",
            View::Perspective,
        ),
        ("FIG. 1 is a front elevational view thereof;", View::Front),
        (
            "FIG. 1 is a rear view thereof, the front view being shown in FIG. 2;",
            View::Back,
        ),
        ("FIG. 1 is a back elevation thereof;", View::Back),
        (
            "FIG. 1 is a left side elevational view thereof;",
            View::Left,
        ),
        (
            "FIG. 1 is a right-side view thereof; the left side being a mirror image;",
            View::Right,
        ),
        ("FIG. 1 is a top plan view thereof;", View::Top),
        ("FIG. 1 is a plan view thereof;", View::Top),
        ("FIG. 1 is a bottom plan view thereof; and,", View::Bottom),
        (
            "FIG. 1 is a side elevational view thereof, the opposite side being identical;",
            View::Side,
        ),
        ("FIG. 1 is a view of the left side thereof;", View::Left),
        (
            "FIG. 1 is a cross-sectional view taken along line 2-2 of FIG. 3;",
            View::Section,
        ),
        (
            "FIG. 1 is an enlarged perspective view of the portion encircled in FIG. 2.",
            View::Detail,
        ),
        (
            "FIG. 1 is an exploded perspective view thereof;",
            View::Exploded,
        ),
        ("FIGURE 1 shows a front view", View::Front),
        ("Figure 1: Front view", View::Front),
    ] {
        assert_eq!(read(text), [("1".to_owned(), Some(view))], "{text}");
    }
}

#[test]
fn an_unclear_view_is_left_open() {
    let figures = parse_figures("FIG. 7 is a view thereof in a state of use;");
    assert_eq!((figures[0].figure, figures[0].view), (7, None));
    assert_eq!(
        figures[0].description,
        "is a view thereof in a state of use"
    );
}

#[test]
fn several_figures_in_one_paragraph() {
    let scanned = parse_figures("FIG. 2 is a front view thereof FIG. 3 is a rear view thereof");
    assert_eq!(scanned.len(), 2);
    let text = "FIG. 1 is a front perspective view of a cup; FIG. 2 is a front view thereof; and FIG. 3A is a rear view.";
    let wanted = [
        ("1", View::Perspective),
        ("2", View::Front),
        ("3A", View::Back),
    ];
    assert_eq!(
        read(text),
        wanted.map(|(label, view)| (label.to_owned(), Some(view)))
    );
    assert_eq!(
        parse_figures(text)[1].description,
        "is a front view thereof"
    );
}

#[test]
fn figures_that_share_a_description() {
    let labels = |labels: &[&str], views: &[Option<View>]| -> Vec<_> {
        labels
            .iter()
            .map(|label| (*label).to_owned())
            .zip(views.iter().copied())
            .collect()
    };
    assert_eq!(
        read("FIGS. 4 and 5 are left and right side views thereof, respectively;"),
        labels(&["4", "5"], &[Some(View::Left), Some(View::Right)])
    );
    assert_eq!(
        read("FIGS. 1-3 are perspective views;"),
        labels(&["1", "2", "3"], &[Some(View::Perspective); 3])
    );
    assert_eq!(
        read("FIG. 1 and FIG. 2 are top views;"),
        labels(&["1", "2"], &[Some(View::Top); 2])
    );
    assert_eq!(
        read("FIGS. 1, 2, and 3 are front and rear views;"),
        labels(&["1", "2", "3"], &[None; 3])
    );
}

#[test]
fn international_designs_number_by_dots() {
    let figures = parse_figures("1.2 : Front");
    assert_eq!((figures[0].figure, figures[0].label.as_str()), (1, "1.2"));
    assert_eq!(
        (figures[0].view, figures[0].description.as_str()),
        (Some(View::Front), "Front")
    );
    assert_eq!(
        read("FIG. 2.1 is a perspective view;"),
        [("2.1".to_owned(), Some(View::Perspective))]
    );
}

#[test]
fn prose_without_figures_gives_none() {
    for text in [
        "The broken lines in FIG. 2 are for illustrative purposes only and form no part of the claimed design.",
        "The design shown in FIGS. 1 to 3 is symmetrical.",
        "A figurine, figure and fig tree.",
        "FIG. is missing its number",
        "fig",
        "",
        "Ω.1 FIG. Ω",
    ] {
        assert_eq!(parse_figures(text), [], "{text}");
    }
}

#[test]
fn absurd_ranges_stay_small() {
    assert!(parse_figures("FIGS. 1-999999 are front views").len() <= 2);
    assert!(
        parse_figures(&format!("FIGS. {} are front views", "1-150, ".repeat(1000))).len() < 1000
    );
    assert!(parse_figures("FIG. 99999999999999999999 is a front view").is_empty());
}
