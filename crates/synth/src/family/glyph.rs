//! Signs as they stand on screens and buttons: some closed and open lines each.

use super::shapes::{circle, shifted};
use crate::math::{TURN, Vec2, mix, sin_cos, v2};
use crate::random::Params;
use crate::solid::{
    Node::{Corner, Round, Through},
    Outline,
};

/// How many kinds there are.
const KINDS: usize = 14;

/// The lines of a sign about a point, within `size` to each side; closed lines repeat their first
/// point. What it is follows from the parameters below `name`.
pub(super) fn glyph(p: &Params, name: &str, middle: Vec2, size: f64) -> Vec<Vec<Vec2>> {
    let kind = p.choice(&format!("{name}.kind"), KINDS);
    let wide = p.range(&format!("{name}.wide"), 0.75, 1.0);
    let fat = p.range(&format!("{name}.fat"), 0.25, 0.5);
    unit(kind, fat, p, name)
        .into_iter()
        .map(|line| {
            let place = |q: Vec2| middle + v2(q.x * wide, q.y) * size;
            line.into_iter().map(place).collect()
        })
        .collect()
}

fn closed(outline: &Outline) -> Vec<Vec2> {
    let points = outline.points.iter().chain(outline.points.first());
    points.copied().collect()
}

/// A sign within one unit to each side of the origin. `fat` is how much of it is body.
fn unit(kind: usize, fat: f64, p: &Params, name: &str) -> Vec<Vec<Vec2>> {
    let corners = |points: &[(f64, f64)]| {
        let nodes: Vec<_> = points.iter().map(|&(x, y)| Corner(x, y)).collect();
        closed(&Outline::closed(&nodes))
    };
    match kind {
        // A house.
        0 => vec![
            corners(&[
                (-0.7, -0.9),
                (0.7, -0.9),
                (0.7, 0.1),
                (0.95, 0.1),
                (0.0, 0.9),
                (-0.95, 0.1),
                (-0.7, 0.1),
            ]),
            corners(&[
                (-fat * 0.6, -0.9),
                (fat * 0.6, -0.9),
                (fat * 0.6, -0.2),
                (-fat * 0.6, -0.2),
            ]),
        ],
        // A gear.
        1 => {
            let teeth = p.count(&format!("{name}.teeth"), 6, 10) as f64;
            let wheel = Outline::polar(160, |angle| {
                let (s, c) = sin_cos(angle);
                let beat = sin_cos(angle * teeth).0;
                let radius = 0.82 + 0.16 * (beat * 4.0).clamp(-1.0, 1.0);
                v2(radius * c, radius * s)
            });
            vec![closed(&wheel), closed(&circle(0.0, 0.0, fat * 0.8))]
        }
        // An envelope.
        2 => vec![
            corners(&[(-0.95, -0.65), (0.95, -0.65), (0.95, 0.65), (-0.95, 0.65)]),
            vec![v2(-0.95, 0.65), v2(0.0, -fat * 0.5), v2(0.95, 0.65)],
        ],
        // A lens.
        3 => vec![
            closed(&circle(-0.2, 0.2, 0.65)),
            closed(&circle(-0.2, 0.2, 0.65 - fat * 0.4)),
            corners(&[(0.2, -0.35), (0.85, -1.0), (1.0, -0.85), (0.35, -0.2)]),
        ],
        // A star.
        4 => {
            let points = p.count(&format!("{name}.points"), 4, 8);
            let star: Vec<(f64, f64)> = (0..2 * points)
                .map(|i| {
                    let (s, c) = sin_cos(TURN * (i as f64 / (2 * points) as f64 + 0.25));
                    let radius = if i % 2 == 0 { 1.0 } else { fat };
                    (radius * c, radius * s)
                })
                .collect();
            vec![corners(&star)]
        }
        // A heart.
        5 => {
            let heart = Outline::polar(96, |angle| {
                let (s, c) = sin_cos(angle);
                let c2 = c * c - s * s;
                let c3 = 4.0 * c * c * c - 3.0 * c;
                let c4 = 2.0 * c2 * c2 - 1.0;
                v2(
                    0.95 * s * s * s,
                    (13.0 * c - 5.0 * c2 - 2.0 * c3 - c4) / 17.0,
                )
            });
            // The formula runs clockwise; a line does not mind.
            vec![closed(&heart)]
        }
        // An arrow.
        6 => {
            let turn = p.choice(&format!("{name}.turn"), 4) as f64 * TURN / 4.0;
            let (s, c) = sin_cos(turn);
            let arrow = [
                (-0.9, -fat * 0.5),
                (0.1, -fat * 0.5),
                (0.1, -0.7),
                (0.95, 0.0),
                (0.1, 0.7),
                (0.1, fat * 0.5),
                (-0.9, fat * 0.5),
            ]
            .map(|(x, y)| (c * x - s * y, s * x + c * y));
            vec![corners(&arrow)]
        }
        // A person.
        7 => vec![
            closed(&circle(0.0, 0.45, 0.3 + fat * 0.25)),
            closed(&Outline::closed(&[
                Corner(-0.85, -0.9),
                Corner(0.85, -0.9),
                Through(0.6, -0.35),
                Through(0.0, -0.12),
                Through(-0.6, -0.35),
            ])),
        ],
        // A lock.
        8 => vec![
            closed(&shifted(Outline::rectangle(1.5, 1.1, 0.12), 0.0, -0.35)),
            (0..=20)
                .map(|i| {
                    let (s, c) = sin_cos(f64::from(i) / 20.0 * TURN / 2.0);
                    v2(0.5 * c, 0.2 + 0.7 * s)
                })
                .collect(),
            closed(&circle(0.0, -0.3, fat * 0.35)),
        ],
        // A camera.
        9 => vec![
            closed(&Outline::closed(&[
                Round(-0.95, -0.7, 0.1),
                Round(0.95, -0.7, 0.1),
                Round(0.95, 0.45, 0.1),
                Corner(0.4, 0.45),
                Corner(0.25, 0.75),
                Corner(-0.25, 0.75),
                Corner(-0.4, 0.45),
                Round(-0.95, 0.45, 0.1),
            ])),
            closed(&circle(0.0, -0.15, 0.25 + fat * 0.4)),
            closed(&circle(0.0, -0.15, fat * 0.4)),
        ],
        // Bars.
        10 => {
            let bars = p.count(&format!("{name}.bars"), 3, 5);
            (0..bars)
                .map(|bar| {
                    let tall = p.range(&format!("{name}.bar.{bar}"), 0.3, 1.9);
                    let left = mix(-0.95, 0.95, bar as f64 / bars as f64);
                    let right = left + 1.3 / bars as f64;
                    corners(&[
                        (left, -0.95),
                        (right, -0.95),
                        (right, -0.95 + tall),
                        (left, -0.95 + tall),
                    ])
                })
                .collect()
        }
        // A cloud.
        11 => vec![closed(&Outline::closed(&[
            Round(-0.7, -0.5, 0.3),
            Round(0.7, -0.5, 0.3),
            Through(0.95, -0.1),
            Through(0.62, 0.25),
            Through(0.2, 0.3 + fat),
            Through(-0.45, 0.2 + fat * 0.8),
            Through(-0.75, 0.1),
            Through(-0.97, -0.15),
        ]))],
        // A drop.
        12 => vec![closed(&Outline::closed(&[
            Corner(0.0, 1.0),
            Through(-0.5, 0.1),
            Through(-0.6, -0.4),
            Through(0.0, -0.95),
            Through(0.6, -0.4),
            Through(0.5, 0.1),
        ]))],
        // A clock.
        _ => vec![
            closed(&circle(0.0, 0.0, 0.95)),
            closed(&circle(0.0, 0.0, 0.95 - fat * 0.3)),
            vec![v2(0.0, 0.6), v2(0.0, 0.0), v2(0.45, -0.2)],
        ],
    }
}
