//! Screens with what they display: the most frequent kind of real design.

use super::area::Area;
use super::glyph::glyph;
use super::material::{BODY, SECOND};
use super::shapes::{line, slab, trace, upright};
use super::writing::text;
use crate::math::{Vec2, mix, v2};
use crate::random::Params;
use crate::solid::{Edge, Ink, Outline, Part};

/// Where the display's lines lie, just above its face.
const FACE: f64 = 0.06;

/// A display with a user interface: bars, lists, tiles, charts, pictures, text.
pub(super) fn screen(p: &Params) -> Vec<Part> {
    let tall = p.chance("tall", 0.55);
    let width = if tall { 7.0 } else { 16.0 };
    let height = width
        * if tall {
            p.range("aspect", 1.5, 2.1)
        } else {
            p.range("aspect", 0.5, 0.75)
        };
    let (mut parts, mut face, area) = display(p, width, height);
    let mut body = area;
    let bar = width.min(height) * p.range("bar", 0.08, 0.16);
    if p.chance("header", 0.8) {
        let header = Area {
            low: v2(area.low.x, area.high.y - bar),
            ..area
        };
        body.high.y = header.low.y;
        header_bar(p, &mut face, header);
    }
    if p.chance("footer", 0.5) {
        let footer = Area {
            high: v2(area.high.x, area.low.y + bar),
            ..area
        };
        body.low.y = footer.high.y;
        let count = p.count("footer.count", 3, 5);
        for index in 0..count {
            let cell = footer.column(index, count);
            signs(
                p,
                &mut face,
                &format!("footer.{index}"),
                cell.middle(),
                bar * 0.3,
            );
        }
        rule(&mut face, footer.low.x, footer.high.x, footer.high.y);
    }
    if !tall && p.chance("side", 0.5) {
        let wide = width * p.range("side.wide", 0.15, 0.28);
        let side = Area {
            high: v2(body.low.x + wide, body.high.y),
            ..body
        };
        body.low.x = side.high.x;
        line(
            &mut face,
            &[v2(side.high.x, side.low.y), v2(side.high.x, side.high.y)],
            FACE,
        );
        list(p, &mut face, "side.list", side, bar * 0.6);
    }
    let sections = p.count("sections", 1, if tall { 3 } else { 2 });
    for index in 0..sections {
        let area = if tall {
            body.row(index, sections)
        } else {
            body.column(index, sections)
        };
        section(
            p,
            &mut face,
            &format!("section.{index}"),
            area.shrunk(bar * 0.25),
            bar,
        );
    }
    parts.push(face.material(SECOND));
    let place = upright(0.0, height / 2.0 + 1.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

/// A display with one large sign on it.
pub(super) fn icon(p: &Params) -> Vec<Part> {
    let width = 10.0;
    let (mut parts, mut face, _) = display(p, width, width * p.range("aspect", 0.75, 1.3));
    let size = width * p.range("size", 0.2, 0.32);
    let middle = v2(p.range("x", -0.6, 0.6), p.range("y", -0.6, 0.6));
    let frame = size * 1.5;
    match p.choice("frame", 4) {
        0 => trace(
            &mut face,
            &Outline::ellipse(frame, frame, 80).map(|q| q + middle),
            FACE,
            Ink::Ornament,
        ),
        1 => {
            let round = frame * p.range("round", 0.1, 0.8);
            let outline = Outline::rectangle(frame * 1.9, frame * 1.9, round).map(|q| q + middle);
            trace(&mut face, &outline, FACE, Ink::Ornament);
        }
        _ => {}
    }
    for stroke in glyph(p, "sign", middle, size) {
        line(&mut face, &stroke, FACE);
    }
    // A second, smaller sign, as badges are.
    if p.chance("badge", 0.5) {
        let corner = middle
            + v2(
                size * p.range("badge.x", 0.7, 1.1),
                size * p.range("badge.y", -1.1, 1.1),
            );
        for stroke in glyph(p, "badge.sign", corner, size * 0.35) {
            line(&mut face, &stroke, FACE);
        }
    }
    parts.push(face.material(SECOND));
    let place = upright(0.0, width / 2.0 + 2.0);
    parts.into_iter().map(|part| part.placed(&place)).collect()
}

/// The device, which is mostly not claimed, the face to draw on, and the face's area.
fn display(p: &Params, width: f64, height: f64) -> (Vec<Part>, Part, Area) {
    let rim = p.range("rim", 0.15, 0.7);
    let round = p.range("corner", 0.1, 0.8);
    let device = slab(
        &Outline::rectangle(width + 2.0 * rim, height + 2.0 * rim, round + rim * 0.5),
        0.6,
        Edge::Sharp,
    )
    .placed(&crate::math::Placement::at(0.0, 0.0, -0.6))
    .material(BODY)
    .unclaimed(p.chance("device.unclaimed", 0.85));
    let face = slab(
        &Outline::rectangle(width, height, round * 0.6),
        FACE * 0.9,
        Edge::Sharp,
    );
    let half = v2(width / 2.0, height / 2.0);
    let area = Area {
        low: half * -1.0,
        high: half,
    };
    (vec![device], face, area)
}

fn rule(face: &mut Part, from: f64, to: f64, y: f64) {
    line(face, &[v2(from, y), v2(to, y)], FACE);
}

fn signs(p: &Params, face: &mut Part, name: &str, middle: Vec2, size: f64) {
    for stroke in glyph(p, name, middle, size) {
        line(face, &stroke, FACE);
    }
}

fn header_bar(p: &Params, face: &mut Part, area: Area) {
    rule(face, area.low.x, area.high.x, area.low.y);
    let size = area.size();
    signs(
        p,
        face,
        "header.left",
        v2(area.low.x + size.y * 0.6, area.middle().y),
        size.y * 0.25,
    );
    if p.chance("header.right", 0.6) {
        signs(
            p,
            face,
            "header.sign",
            v2(area.high.x - size.y * 0.6, area.middle().y),
            size.y * 0.25,
        );
    }
    let title = Area {
        low: area.low + v2(size.y * 1.2, size.y * 0.3),
        high: area.high - v2(size.y * 1.2, size.y * 0.3),
    };
    text(p, face, "header.title", title, size.y * 0.4, 1, FACE);
}

fn list(p: &Params, face: &mut Part, name: &str, area: Area, pitch: f64) {
    let rows = ((area.size().y / (pitch * p.range(&format!("{name}.pitch"), 1.6, 2.6))) as usize)
        .clamp(2, 9);
    let ruled = p.chance(&format!("{name}.ruled"), 0.5);
    let marked = p.chance(&format!("{name}.marked"), 0.6);
    for row in 0..rows {
        let strip = area.row(row, rows);
        let tall = strip.size().y;
        let mut left = strip.low.x + tall * 0.2;
        if marked {
            signs(
                p,
                face,
                &format!("{name}.sign.{row}"),
                v2(left + tall * 0.25, strip.middle().y),
                tall * 0.22,
            );
            left += tall * 0.7;
        }
        let words = Area {
            low: v2(left, strip.low.y + tall * 0.3),
            high: v2(strip.high.x - tall * 0.2, strip.high.y - tall * 0.3),
        };
        text(
            p,
            face,
            &format!("{name}.text.{row}"),
            words,
            tall * 0.28,
            1,
            FACE,
        );
        if ruled && row > 0 {
            rule(face, strip.low.x, strip.high.x, strip.high.y);
        }
    }
}

fn section(p: &Params, face: &mut Part, name: &str, area: Area, bar: f64) {
    let size = area.size();
    match p.choice(&format!("{name}.kind"), 6) {
        0 => list(p, face, name, area, bar),
        // Tiles.
        1 => {
            let columns = p.count(&format!("{name}.columns"), 2, 4);
            let rows = ((size.y / (size.x / columns as f64)) as usize).clamp(1, 5);
            let framed = p.chance(&format!("{name}.framed"), 0.6);
            let round = p.range(&format!("{name}.round"), 0.0, 0.3);
            for index in 0..rows * columns {
                let cell = area
                    .row(index / columns, rows)
                    .column(index % columns, columns)
                    .shrunk(bar * 0.15);
                let least = cell.size().x.min(cell.size().y);
                if framed {
                    trace(face, &cell.outline(least * round), FACE, Ink::Ornament);
                }
                signs(
                    p,
                    face,
                    &format!("{name}.tile.{index}"),
                    cell.middle(),
                    least * 0.28,
                );
            }
        }
        // A chart.
        2 => {
            line(
                face,
                &[
                    v2(area.low.x, area.high.y),
                    area.low,
                    v2(area.high.x, area.low.y),
                ],
                FACE,
            );
            let points = p.count(&format!("{name}.points"), 5, 12);
            let at = |index: usize| {
                let y = p.range(&format!("{name}.value.{index}"), 0.08, 0.95);
                v2(
                    mix(
                        area.low.x,
                        area.high.x,
                        (index as f64 + 0.5) / points as f64,
                    ),
                    mix(area.low.y, area.high.y, y),
                )
            };
            if p.chance(&format!("{name}.bars"), 0.5) {
                let half = size.x / points as f64 * 0.3;
                for index in 0..points {
                    let top = at(index);
                    line(
                        face,
                        &[
                            v2(top.x - half, area.low.y),
                            v2(top.x - half, top.y),
                            v2(top.x + half, top.y),
                            v2(top.x + half, area.low.y),
                        ],
                        FACE,
                    );
                }
            } else {
                let curve: Vec<Vec2> = (0..points).map(at).collect();
                line(face, &curve, FACE);
            }
        }
        // A picture with writing below.
        3 => {
            let low = mix(
                area.low.y,
                area.high.y,
                p.range(&format!("{name}.share"), 0.25, 0.5),
            );
            let picture = Area {
                low: v2(area.low.x, low),
                ..area
            };
            trace(face, &picture.outline(bar * 0.2), FACE, Ink::Ornament);
            let least = picture.size().x.min(picture.size().y);
            signs(
                p,
                face,
                &format!("{name}.picture"),
                picture.middle(),
                least * 0.35,
            );
            let below = Area {
                high: v2(area.high.x, low - bar * 0.2),
                ..area
            };
            text(p, face, &format!("{name}.below"), below, bar * 0.3, 4, FACE);
        }
        // A dial.
        4 => {
            let radius = size.x.min(size.y) * 0.45;
            let inner = radius * p.range(&format!("{name}.ring"), 0.55, 0.9);
            for r in [radius, inner] {
                trace(
                    face,
                    &Outline::ellipse(r, r, 80).map(|q| q + area.middle()),
                    FACE,
                    Ink::Ornament,
                );
            }
            signs(
                p,
                face,
                &format!("{name}.dial"),
                area.middle(),
                inner * 0.45,
            );
        }
        // Writing.
        _ => {
            let height = bar * p.range(&format!("{name}.height"), 0.22, 0.4);
            text(p, face, &format!("{name}.text"), area, height, 12, FACE);
        }
    }
}
