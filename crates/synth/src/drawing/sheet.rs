//! The sheets of a patent: which figures stand where, and one page drawn.

use super::figure::{self, Frame, Shading, Style, Subject};
use super::font::Lettering;
use super::page::Page;
use super::view::{Axes, View};
use crate::math::{FRAC_TURN_4, Vec2, sin_cos, v2};
use crate::random::Rng;

/// One sheet: its figures with their numbers.
#[derive(Clone, Debug)]
pub(crate) struct SheetPlan {
    pub(crate) figures: Vec<(u32, View)>,
    /// The drawing lies on its side, as on real sheets: the page stays upright.
    pub(crate) landscape: bool,
}

/// How a patent's drawings look.
#[derive(Clone, Debug)]
pub(crate) struct DrawingPlan {
    pub(crate) sheets: Vec<SheetPlan>,
    pub(crate) page: (usize, usize),
    style: Style,
    azimuth: f64,
    elevation: f64,
    /// Page pixels per unit that fit every sheet.
    common_scale: f64,
    /// How much larger than that a sheet may be drawn.
    magnify: f64,
    caption: (f64, f64, f64),
    header: bool,
}

/// What the office prints on top of a sheet.
pub(crate) struct Header<'a> {
    pub(crate) date: &'a str,
    pub(crate) number: &'a str,
}

/// Page sizes seen in published files: letter and A4 at 300 dpi, cropped more or less.
const PAGES: [(usize, usize); 4] = [(2560, 3300), (2560, 3300), (2550, 3300), (2320, 3408)];
/// Pixels kept free left and right, above and below.
const MARGINS: (f64, f64) = (290.0, 360.0);
/// A figure fills at least this share of its room.
const SMALLEST: f64 = 0.5;
/// Room for a caption below its figure, in capital heights.
const CAPTION_ROOM: f64 = 3.2;

/// Which of front and back, left and right, top and bottom share a sheet.
pub(crate) type Pairs = [bool; 3];

/// Decides which views share sheets.
pub(crate) fn pairs(rng: &mut Rng) -> Pairs {
    match rng.below(10) {
        0..6 => [false; 3],
        6 => [true, true, true],
        7 => [false, true, true],
        8 => [false, false, true],
        _ => [false, true, false],
    }
}

/// How many sheets that makes.
pub(crate) fn sheet_count(pairs: Pairs) -> u64 {
    View::ALL.len() as u64 - pairs.iter().filter(|&&pair| pair).count() as u64
}

/// Decides how a patent is drawn.
pub(crate) fn plan(subject: &Subject, pairs: Pairs, rng: &mut Rng) -> DrawingPlan {
    let edge = rng.range(1.7, 2.6);
    let shading = match rng.below(20) {
        0..8 => Shading::Plain,
        8..14 => Shading::Contours,
        14..17 => Shading::Stipple,
        _ => Shading::Hatch,
    };
    let style = Style {
        outline: edge * rng.range(1.0, 1.7),
        edge,
        thin: rng.range(1.0, 1.4),
        shading,
        spacing: rng.range(18.0, 36.0),
        slant: rng.range(0.4, 1.2) * if rng.chance(0.5) { 1.0 } else { -1.0 },
        dashes: (rng.range(22.0, 40.0), rng.range(12.0, 20.0)),
        tangents: rng.chance(0.8),
    };
    let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
    let azimuth = side * rng.range(0.35, 0.95);
    let elevation = rng.range(0.22, 0.7);
    let caption = (
        rng.range(52.0, 80.0),
        rng.range(2.4, 4.2),
        if rng.chance(0.4) { 0.22 } else { 0.0 },
    );
    let mut plan = DrawingPlan {
        sheets: Vec::new(),
        page: *rng.pick(&PAGES),
        style,
        azimuth,
        elevation,
        common_scale: 1.0,
        magnify: *rng.pick(&[1.0, 1.0, 1.6, 3.0]),
        caption,
        header: rng.chance(0.85),
    };
    plan.sheets = plan.sheets_of(subject, pairs, rng);
    let fill = rng.range(0.72, 0.96);
    plan.common_scale = plan
        .sheets
        .iter()
        .map(|sheet| plan.arrange(subject, sheet).0)
        .fold(f64::INFINITY, f64::min)
        * fill;
    plan
}

impl DrawingPlan {
    /// The axes that a view of this patent is drawn along.
    fn axes(&self, view: View) -> Axes {
        view.axes(self.azimuth, self.elevation)
    }

    fn sheets_of(&self, subject: &Subject, pairs: Pairs, rng: &mut Rng) -> Vec<SheetPlan> {
        let sideways = rng.chance(0.5);
        let views: [(&[View], bool); 4] = [
            (&[View::Perspective], false),
            (&[View::Front, View::Back], pairs[0]),
            (&[View::Left, View::Right], pairs[1]),
            (&[View::Top, View::Bottom], pairs[2]),
        ];
        let mut number = 0;
        let mut sheets = Vec::new();
        for (views, together) in views {
            let size = if together { views.len() } else { 1 };
            for group in views.chunks(size) {
                let figures: Vec<(u32, View)> = group
                    .iter()
                    .map(|&view| {
                        number += 1;
                        (number, view)
                    })
                    .collect();
                let (width, height) = figure::extent(&subject.parts, &self.axes(group[0]));
                // Wide views are turned where the draughtsman does so at all.
                let landscape = sideways && group.len() == 1 && width > 1.35 * height;
                sheets.push(SheetPlan { figures, landscape });
            }
        }
        sheets
    }

    /// The largest scale for a sheet, and the middle and size of every figure's room about the
    /// middle of the page.
    fn arrange(&self, subject: &Subject, sheet: &SheetPlan) -> (f64, Vec<(Vec2, Vec2)>) {
        let mut room = v2(
            self.page.0 as f64 - 2.0 * MARGINS.0,
            self.page.1 as f64 - 2.0 * MARGINS.1,
        );
        if sheet.landscape {
            room = v2(room.y, room.x);
        }
        let sizes: Vec<(f64, f64)> = sheet
            .figures
            .iter()
            .map(|&(_, view)| figure::extent(&subject.parts, &self.axes(view)))
            .collect();
        let count = sizes.len() as f64;
        let caption = self.caption.0 * CAPTION_ROOM;
        let fit = |cell: Vec2| {
            sizes
                .iter()
                .map(|&(w, h)| (cell.x * 0.94 / w).min((cell.y - caption) * 0.94 / h))
                .fold(f64::INFINITY, f64::min)
        };
        let beside = v2(room.x / count, room.y);
        let stacked = v2(room.x, room.y / count);
        let (cell, step, scale) = if fit(beside) > fit(stacked) {
            (beside, v2(beside.x, 0.0), fit(beside))
        } else {
            (stacked, v2(0.0, stacked.y), fit(stacked))
        };
        let rooms = (0..sizes.len())
            .map(|i| (step * (i as f64 - (count - 1.0) / 2.0), cell))
            .collect();
        (scale, rooms)
    }
}

/// Draws a sheet.
pub(crate) fn draw(
    plan: &DrawingPlan,
    subject: &Subject,
    number: usize,
    header: &Header,
    rng: &mut Rng,
) -> Page {
    let sheet = &plan.sheets[number];
    let mut page = Page::new(plan.page.0, plan.page.1);
    let middle = v2(plan.page.0 as f64 / 2.0, plan.page.1 as f64 / 2.0);
    // A sheet lies a little askew in the scanner.
    let skew = if rng.chance(0.4) {
        rng.range(-0.012, 0.012)
    } else {
        0.0
    };
    let (s, c) = sin_cos(skew);
    let shift = v2(rng.range(-25.0, 25.0), rng.range(-25.0, 25.0));
    let onto = |p: Vec2| {
        let q = if sheet.landscape { v2(p.y, -p.x) } else { p };
        middle + shift + v2(c * q.x - s * q.y, s * q.x + c * q.y)
    };
    let (fit, rooms) = plan.arrange(subject, sheet);
    let scale = fit.min((plan.common_scale * plan.magnify).max(fit * SMALLEST));
    let lettering = Lettering {
        height: plan.caption.0,
        pen: plan.caption.1,
        lean: plan.caption.2,
    };
    let caption_room = lettering.height * CAPTION_ROOM;
    for (&(number, view), (centre, _)) in sheet.figures.iter().zip(rooms) {
        let axes = plan.axes(view);
        let (_, height) = figure::extent(&subject.parts, &axes);
        let centre = centre - v2(0.0, caption_room / 2.0);
        let place = |p: Vec2| onto(centre + p);
        let frame = Frame {
            axes,
            scale,
            onto: &place,
        };
        figure::draw(&mut page, subject, &frame, &plan.style, rng);
        let text = format!("FIG. {number}");
        let x = centre.x - lettering.width(&text) / 2.0;
        let y = centre.y + height * scale / 2.0 + lettering.height * 2.2;
        lettering.write(&mut page, &text, x, y, &onto);
    }
    if plan.header {
        print_header(&mut page, plan, number, header, &|p| {
            let q = p - middle;
            middle + v2(c * q.x - s * q.y, s * q.x + c * q.y)
        });
    }
    if rng.chance(0.3) {
        speckle(&mut page, rng);
    }
    page
}

fn print_header(
    page: &mut Page,
    plan: &DrawingPlan,
    number: usize,
    header: &Header,
    onto: &dyn Fn(Vec2) -> Vec2,
) {
    let bold = Lettering {
        height: 46.0,
        pen: 4.2,
        lean: 0.0,
    };
    let plain = Lettering {
        height: 40.0,
        pen: 2.8,
        lean: 0.0,
    };
    let sheets = format!("Sheet {} of {}", number + 1, plan.sheets.len());
    let y = 210.0;
    let width = plan.page.0 as f64;
    bold.write(page, "U.S. Patent", width * 0.11, y, onto);
    plain.write(page, header.date, width * 0.35, y, onto);
    plain.write(page, &sheets, width * 0.53, y, onto);
    bold.write(
        page,
        header.number,
        width * 0.92 - bold.width(header.number),
        y,
        onto,
    );
}

/// Dirt on the scanner's glass.
fn speckle(page: &mut Page, rng: &mut Rng) {
    let (width, height) = (page.width as f64, page.height as f64);
    for _ in 0..rng.whole(15, 160) {
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
