//! The sheets of a patent: which figures stand where, and one page drawn.

use super::figure::{self, Frame, Shading, Style, Subject};
use super::font::Lettering;
use super::layout::{Figure, Grouping, arrange};
use super::page::Page;
use super::scan::Scan;
use super::view::{Axes, View};
use crate::math::{FRAC_TURN_4, Vec2, mix, sin_cos, v2};
use crate::random::Rng;

/// One sheet: its figures with their numbers.
#[derive(Clone, Debug)]
pub(crate) struct SheetPlan {
    pub(crate) figures: Vec<Figure>,
    /// The drawing lies on its side, its top to the left, as nearly a third of real ones do.
    pub(crate) landscape: bool,
}

impl SheetPlan {
    /// The views of its figures, such as `left+right`.
    pub(crate) fn views(&self) -> String {
        let views: Vec<&str> = self
            .figures
            .iter()
            .map(|figure| figure.view.name())
            .collect();
        views.join("+")
    }
}

/// How a patent's drawings look.
#[derive(Clone, Debug)]
pub(crate) struct DrawingPlan {
    pub(crate) sheets: Vec<SheetPlan>,
    style: Style,
    azimuth: f64,
    elevation: f64,
    /// Page pixels per unit that fit every sheet.
    common_scale: f64,
    /// Share of the room that figures drawn smaller than it allows leave between them.
    loose: f64,
    /// How much larger than that a sheet may be drawn.
    magnify: f64,
    captions: Captions,
    scan: Scan,
    /// Pixels of white that are left around what is drawn when a sheet is cut.
    border: f64,
}

/// How figures are numbered.
#[derive(Clone, Copy, Debug)]
struct Captions {
    height: f64,
    pen: f64,
    lean: f64,
    word: &'static str,
    above: bool,
}

/// The page that is drawn on: letter at 300 dpi.
pub(crate) const PAGE: (usize, usize) = (2560, 3300);
/// Pixels kept free left and right, above and below.
const MARGINS: (f64, f64) = (190.0, 300.0);
/// A figure fills at least this share of its room.
const SMALLEST: f64 = 0.5;
/// Room for a caption above or below its figure, in capital heights.
const CAPTION_ROOM: f64 = 3.2;

/// Decides how a patent is drawn. The states are those of a design that is all front; a solid has
/// one.
pub(crate) fn plan(
    states: &[Subject],
    flat: bool,
    grouping: Grouping,
    rng: &mut Rng,
) -> DrawingPlan {
    // Lines of real sheets are 2 to 4 pixels thick.
    let edge = rng.range(0.7, 1.7);
    let shading = match rng.below(20) {
        0..7 => Shading::Plain,
        7..12 => Shading::Contours,
        12..15 => Shading::Stipple,
        15..18 => Shading::Hatch,
        _ => Shading::Solid,
    };
    let style = Style {
        outline: edge * rng.range(1.0, 2.2),
        edge,
        thin: edge * rng.range(0.5, 1.0),
        shading,
        spacing: rng.range(9.0, 26.0),
        slant: rng.range(0.4, 1.2) * if rng.chance(0.5) { 1.0 } else { -1.0 },
        dashes: (rng.range(22.0, 40.0), rng.range(12.0, 20.0)),
        tangents: rng.chance(0.8),
    };
    let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
    let azimuth = side * rng.range(0.35, 0.95);
    let elevation = rng.range(0.22, 0.7);
    let captions = Captions {
        height: rng.range(44.0, 84.0),
        pen: rng.range(1.6, 4.0),
        lean: if rng.chance(0.4) { 0.22 } else { 0.0 },
        word: rng.pick::<&str>(&["FIG. ", "FIG. ", "FIG. ", "Fig. ", "FIG.", "FIGURE "]),
        above: rng.chance(0.15),
    };
    let mut plan = DrawingPlan {
        sheets: Vec::new(),
        style,
        azimuth,
        elevation,
        common_scale: 1.0,
        magnify: *rng.pick(&[1.0, 1.0, 1.6, 3.0]),
        captions,
        loose: rng.range(0.1, 0.6),
        scan: *rng.pick(&[
            Scan::Crisp,
            Scan::Soft,
            Scan::Blurred,
            Scan::Blurred,
            Scan::Blurred,
            Scan::Faint,
            Scan::Faint,
            Scan::Faint,
        ]),
        border: rng.range(2.0, 24.0),
    };
    let sideways = rng.chance(0.75);
    for figures in grouping.sheets(flat.then_some(states.len())) {
        let mut sheet = SheetPlan {
            figures,
            landscape: false,
        };
        // Sheets lie sideways where the draughtsman does so at all and the figures come out larger.
        if sideways {
            let upright = plan.arrange(states, &sheet).0;
            sheet.landscape = true;
            sheet.landscape = plan.arrange(states, &sheet).0 > upright * 1.05;
        }
        plan.sheets.push(sheet);
    }
    let fill = rng.range(0.72, 1.0);
    plan.common_scale = plan
        .sheets
        .iter()
        .map(|sheet| plan.arrange(states, sheet).0)
        .fold(f64::INFINITY, f64::min)
        * fill;
    plan
}

impl DrawingPlan {
    /// The axes that a view of this patent is drawn along.
    fn axes(&self, view: View) -> Axes {
        view.axes(self.azimuth, self.elevation)
    }

    fn caption_room(&self) -> f64 {
        self.captions.height * CAPTION_ROOM
    }

    /// The largest scale for a sheet, and the middle of every figure's cell about the middle of
    /// the page.
    fn arrange(&self, states: &[Subject], sheet: &SheetPlan) -> (f64, Vec<Vec2>) {
        let mut room = v2(
            PAGE.0 as f64 - 2.0 * MARGINS.0,
            PAGE.1 as f64 - 2.0 * MARGINS.1,
        );
        if sheet.landscape {
            room = v2(room.y, room.x);
        }
        let sizes: Vec<(f64, f64)> = sheet
            .figures
            .iter()
            .map(|figure| figure::extent(&states[figure.state].parts, &self.axes(figure.view)))
            .collect();
        arrange(&sizes, room, self.caption_room())
    }
}

/// Draws a sheet's figures with their captions onto a page.
pub(crate) fn draw(plan: &DrawingPlan, states: &[Subject], number: usize, rng: &mut Rng) -> Page {
    let sheet = &plan.sheets[number];
    let mut page = Page::new(PAGE.0, PAGE.1);
    let middle = v2(PAGE.0 as f64 / 2.0, PAGE.1 as f64 / 2.0);
    // A sheet lies a little askew in the scanner.
    let skew = if rng.chance(0.4) {
        rng.range(-0.012, 0.012)
    } else {
        0.0
    };
    let (s, c) = sin_cos(skew);
    let onto = |p: Vec2| {
        let q = if sheet.landscape { v2(p.y, -p.x) } else { p };
        middle + v2(c * q.x - s * q.y, s * q.x + c * q.y)
    };
    let (fit, middles) = plan.arrange(states, sheet);
    let scale = fit.min((plan.common_scale * plan.magnify).max(fit * SMALLEST));
    let captions = &plan.captions;
    let lettering = Lettering {
        height: captions.height,
        pen: captions.pen,
        lean: captions.lean,
    };
    // Smaller figures stand closer together.
    let closer = mix(scale / fit, 1.0, plan.loose);
    let away = if captions.above { -1.0 } else { 1.0 };
    for (figure, centre) in sheet.figures.iter().zip(middles) {
        let subject = &states[figure.state];
        let axes = plan.axes(figure.view);
        let (_, height) = figure::extent(&subject.parts, &axes);
        let centre = centre * closer - v2(0.0, away * plan.caption_room() / 2.0);
        let place = |p: Vec2| onto(centre + p);
        let frame = Frame {
            axes,
            scale,
            onto: &place,
        };
        figure::draw(&mut page, subject, &frame, &plan.style, rng);
        let text = format!("{}{}", captions.word, figure.number);
        let x = centre.x - lettering.width(&text) / 2.0;
        let gap = lettering.height * if captions.above { 1.2 } else { 2.2 };
        let y = centre.y + away * (height * scale / 2.0 + gap);
        lettering.write(&mut page, &text, x, y, &onto);
    }
    page
}

impl DrawingPlan {
    /// A page cut to what is drawn on it, as the office's bulk data has them, with the dirt of the
    /// scanner's glass.
    pub(crate) fn cut(&self, page: &Page, rng: &mut Rng) -> Page {
        let mut cut = page.scanned(self.scan).cut(self.border as usize);
        if rng.chance(0.15) {
            speckle(&mut cut, rng);
        }
        cut
    }
}

/// Dirt on the scanner's glass.
fn speckle(page: &mut Page, rng: &mut Rng) {
    let (width, height) = (page.width as f64, page.height as f64);
    for _ in 0..rng.whole(5, 90) {
        let at = v2(rng.unit() * width, rng.unit() * height);
        let angle = rng.unit() * 4.0 * FRAC_TURN_4;
        let (s, c) = sin_cos(angle);
        let length = if rng.chance(0.1) {
            rng.range(3.0, 14.0)
        } else {
            0.0
        };
        page.stroke(at, at + v2(c, s) * length, rng.range(0.5, 1.9));
    }
}
