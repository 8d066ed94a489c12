//! Sheets as a reader sees them.

use super::{Figure, Grouping, Page, Subject, View, draw, plan};
use crate::family::FAMILIES;
use crate::random::{Params, Rng, derive_index};
use crate::solid::{self, Edge, Ink, rounded_box};

fn subject(number: usize, index: u64) -> Subject {
    let key = derive_index(number as u64, index);
    let parts = (FAMILIES[number].build)(&Params::original(key));
    let junctions = solid::junctions(&parts);
    Subject { parts, junctions }
}

#[test]
fn every_sheet_holds_a_drawing_within_its_margins() {
    for (number, family) in FAMILIES.iter().enumerate() {
        let subjects = [subject(number, 3)];
        let mut rng = Rng::new(number as u64);
        let plan = plan(
            &subjects,
            family.is_flat,
            Grouping::draw(&mut rng),
            &mut rng,
        );
        for sheet in 0..plan.sheets.len() {
            let page = draw(&plan, &subjects, sheet, &mut rng);
            let name = format!("{}, sheet {}", family.name, sheet + 1);
            let ink = page.ink_ratio();
            assert!(
                ink > 0.0004 && ink < 0.2,
                "{name}: {ink} of the page is ink"
            );
            let edge = (0..page.height)
                .flat_map(|y| {
                    (0..60)
                        .chain(page.width - 60..page.width)
                        .map(move |x| (x, y))
                })
                .filter(|&(x, y)| page.is_inked(x, y))
                .count();
            assert_eq!(edge, 0, "{name}: lines lie on the margin");
            let cut = plan.cut(&page, &mut rng);
            assert!(cut.width <= 2452 && cut.height <= 3080, "{name}");
            assert!(cut.ink_ratio() >= ink, "{name}");
        }
    }
}

#[test]
fn states_of_a_screen_are_figures_of_their_own() {
    let number = FAMILIES
        .iter()
        .position(|family| family.name == "screen")
        .unwrap();
    let states: Vec<Subject> = (0..3).map(|state| subject(number, state)).collect();
    let plan = plan(&states, true, Grouping::Single, &mut Rng::new(5));
    let figures: Vec<Figure> = plan.sheets.iter().flat_map(|s| s.figures.clone()).collect();
    assert_eq!(figures.len(), 3);
    assert!(figures.iter().all(|figure| figure.view == View::Front));
    let page = |sheet| draw(&plan, &states, sheet, &mut Rng::new(1));
    assert_ne!(page(0), page(1));
}

/// Ink in the drawing's room of a sheet: no header, no caption.
fn ink_of(parts: Vec<solid::Part>, view: View) -> (u64, Page) {
    let junctions = solid::junctions(&parts);
    let subject = Subject { parts, junctions };
    let style = super::figure::Style {
        outline: 3.0,
        edge: 2.0,
        thin: 1.2,
        shading: super::figure::Shading::Plain,
        spacing: 20.0,
        slant: 0.7,
        dashes: (30.0, 15.0),
        tangents: true,
    };
    let mut page = Page::new(1000, 1000);
    let frame = super::figure::Frame {
        axes: view.axes(0.6, 0.5),
        scale: 80.0,
        onto: &|p| crate::math::v2(p.x + 500.0, p.y + 500.0),
    };
    super::figure::draw(&mut page, &subject, &frame, &style, &mut Rng::new(1));
    let ink = page.words.iter().map(|w| u64::from(w.count_ones())).sum();
    (ink, page)
}

#[test]
fn nothing_behind_a_cube_shows() {
    let cube = || rounded_box(6.0, 6.0, 6.0, 0.0, Edge::Sharp);
    let behind = rounded_box(3.0, 1.0, 3.0, 0.3, Edge::Round(0.2))
        .placed(&crate::math::Placement::at(0.0, 5.0, 1.0));
    let (alone, page) = ink_of(vec![cube()], View::Front);
    let (both, _) = ink_of(vec![cube(), behind.clone()], View::Front);
    assert_eq!(alone, both, "the box behind the cube shows through");
    let (from_behind, _) = ink_of(vec![cube(), behind], View::Back);
    assert!(
        from_behind > alone + 2000,
        "the box before the cube does not show"
    );
    // The front of a cube is a frame: nothing inside.
    let inside = (300..700).flat_map(|y| (300..700).map(move |x| (x, y)));
    assert_eq!(inside.filter(|&(x, y)| page.is_inked(x, y)).count(), 0);
}

#[test]
fn unclaimed_parts_are_drawn_in_broken_lines() {
    let cube = || rounded_box(6.0, 6.0, 6.0, 0.0, Edge::Sharp);
    let (whole, _) = ink_of(vec![cube()], View::Front);
    let (broken, page) = ink_of(vec![cube().unclaimed(true)], View::Front);
    assert!(broken < whole * 3 / 4, "{broken} of {whole}");
    // Along the upper edge, ink and gaps take turns.
    let changes = (255..265)
        .map(|y| {
            let row: Vec<bool> = (270..730).map(|x| page.is_inked(x, y)).collect();
            row.windows(2).filter(|pair| pair[0] != pair[1]).count()
        })
        .max()
        .unwrap();
    assert!(changes >= 12, "{changes} changes of ink");
}

#[test]
fn decoration_is_thinner_than_edges() {
    let mut cube = rounded_box(6.0, 6.0, 6.0, 0.0, Edge::Sharp);
    let (plain, _) = ink_of(vec![cube.clone()], View::Front);
    let line = |z: f64| {
        vec![
            crate::math::v3(-3.0, -3.0, z),
            crate::math::v3(3.0, -3.0, z),
        ]
    };
    cube.add_curve(line(2.0), Ink::Ornament);
    let (decorated, _) = ink_of(vec![cube.clone()], View::Front);
    cube.add_curve(line(4.0), Ink::Crease);
    let (creased, _) = ink_of(vec![cube], View::Front);
    let (thin, thick) = (decorated - plain, creased - decorated);
    assert!(thin > 0 && thick > thin, "{thin} against {thick}");
}
