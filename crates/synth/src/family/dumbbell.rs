//! Dumbbells.

use super::material::{ACCENT, BODY, METAL, SECOND};
use crate::math::{FRAC_TURN_4, Placement, TURN, Vec3, mix, sin_cos, v3};
use crate::random::Params;
use crate::solid::Node::{Corner, Round, Through};
use crate::solid::{Edge, End, Extrusion, Ink, Lathe, Outline, Part, Sweep, revolve};

/// A dumbbell along x: a grip between two heads of discs, polygons or balls.
pub(super) fn dumbbell(p: &Params) -> Vec<Part> {
    let grip = p.range("grip", 10.0, 15.0);
    let thick = p.range("thick", 1.2, 2.0);
    let radius = p.range("radius", 4.0, 9.5);
    let deep = radius * p.range("deep", 0.5, 1.5);
    let mut parts = Vec::new();
    let swell = p.range("swell", -0.15, 0.35);
    let path: Vec<Vec3> = (0..=32)
        .map(|i| {
            v3(
                mix(-grip / 2.0 - 0.5, grip / 2.0 + 0.5, f64::from(i) / 32.0),
                0.0,
                0.0,
            )
        })
        .collect();
    let ridges = p.count("ridges", 0, 10) as f64;
    let mut bar = Sweep {
        path: &path,
        section: &Outline::ellipse(1.0, 1.0, 40),
        scale: &|t| {
            let k =
                thick * (1.0 + swell * 4.0 * t * (1.0 - t) + 0.03 * sin_cos(t * ridges * TURN).1);
            (k, k)
        },
        up: v3(0.0, 0.0, 1.0),
        end: End::Flat,
    }
    .build();
    if p.chance("knurled", 0.5) {
        let turns = p.range("knurl", 1.0, 3.0);
        for line in 0..12 {
            for hand in [1.0, -1.0] {
                let points = (0..=60).map(|i| {
                    let t = f64::from(i) / 60.0;
                    let (s, c) = sin_cos((f64::from(line) / 12.0 + hand * turns * t) * TURN);
                    let u = mix(0.15, 0.85, t);
                    let r = thick
                        * (1.0 + swell * 4.0 * u * (1.0 - u) + 0.03 * sin_cos(u * ridges * TURN).1)
                        * 1.004;
                    v3(mix(-grip / 2.0 - 0.5, grip / 2.0 + 0.5, u), r * c, r * s)
                });
                bar.add_curve(points.collect(), Ink::Ornament);
            }
        }
    }
    parts.push(bar.material(METAL));
    for part in head(p, radius, deep, thick) {
        // Built upwards, laid to the right, mirrored to the left.
        let right = part.placed(&Placement::IDENTITY.turn_y(FRAC_TURN_4).shift(
            grip / 2.0,
            0.0,
            0.0,
        ));
        parts.push(right.clone().mirrored());
        parts.push(right);
    }
    parts
}

fn head(p: &Params, radius: f64, deep: f64, thick: f64) -> Vec<Part> {
    let mut parts = Vec::new();
    let turned = |profile: &Outline| {
        Lathe {
            profile,
            steps: 96,
            seams: &[],
            shape: &revolve,
        }
        .build()
    };
    match p.choice("head", 4) {
        0 => {
            // A prism that does not roll.
            let sides = p.count("sides", 5, 10);
            let outline = Outline::polygon(
                sides,
                radius,
                radius * p.range("corner", 0.0, 0.2),
                TURN / (2.0 * sides as f64),
            );
            let edge = if p.chance("bevel", 0.6) {
                Edge::Bevel(deep * p.range("bevel.size", 0.05, 0.22))
            } else {
                Edge::Round(deep * p.range("bevel.size", 0.05, 0.3))
            };
            let mut prism = Extrusion {
                outline: &outline,
                holes: &[],
                height: deep,
                edge,
            }
            .build();
            let ring = radius * p.range("ring", 0.35, 0.62);
            let circle = (0..=64).map(|i| {
                let (s, c) = sin_cos(f64::from(i) * TURN / 64.0);
                v3(ring * c, ring * s, deep + 0.01)
            });
            prism.add_curve(circle.collect(), Ink::Ornament);
            parts.push(prism.material(BODY));
        }
        1 => {
            // Plates, smaller outwards.
            let count = p.count("plates", 1, 5);
            let shrink = p.range("plates.shrink", 0.7, 1.0);
            let mut at = 0.0;
            let mut r = radius;
            for plate in 0..count {
                let wide = deep / count as f64 * p.range(&format!("plate.{plate}"), 0.6, 1.1);
                let round = wide * p.range("plate.round", 0.02, 0.4);
                let profile = Outline::open(&[
                    Corner(0.0, 0.0),
                    Round(r, 0.0, round),
                    Round(r, wide, round),
                    Corner(r * 0.75, wide),
                    Corner(r * 0.7, wide * p.range("plate.dish", 0.7, 0.98)),
                    Corner(0.0, wide * 0.9),
                ]);
                parts.push(
                    turned(&profile)
                        .placed(&Placement::at(0.0, 0.0, at))
                        .material(if plate % 2 == 0 { BODY } else { SECOND }),
                );
                at += wide * 1.02;
                r *= shrink;
            }
            let nut = thick * p.range("nut", 1.1, 1.7);
            let profile = Outline::open(&[
                Corner(0.0, 0.0),
                Corner(nut, 0.0),
                Corner(nut * 0.8, nut),
                Corner(0.0, nut),
            ]);
            parts.push(
                turned(&profile)
                    .placed(&Placement::at(0.0, 0.0, at - deep * 0.1))
                    .material(ACCENT),
            );
        }
        2 => {
            // A ball.
            let flat = p.range("flat", 0.7, 1.0);
            let profile = Outline::open(&[
                Corner(0.0, 0.0),
                Corner(radius * 0.35, 0.0),
                Through(radius * 0.9, radius * flat * 0.5),
                Through(radius, radius * flat),
                Through(radius * 0.85, radius * flat * 1.5),
                Corner(radius * p.range("cut", 0.2, 0.6), radius * flat * 1.85),
                Corner(0.0, radius * flat * 1.85),
            ]);
            parts.push(turned(&profile).material(BODY));
        }
        _ => {
            // A drum with grooves.
            let grooves = p.count("grooves", 0, 4);
            let cut = radius * p.range("groove", 0.02, 0.08);
            let mut nodes = vec![Corner(0.0, 0.0), Round(radius, 0.0, deep * 0.1)];
            for groove in 0..grooves {
                let z = deep * (groove as f64 + 1.0) / (grooves as f64 + 1.0);
                let half = deep * 0.03;
                nodes.push(Corner(radius, z - half));
                nodes.push(Corner(radius - cut, z - half));
                nodes.push(Corner(radius - cut, z + half));
                nodes.push(Corner(radius, z + half));
            }
            nodes.push(Round(radius, deep, deep * p.range("round", 0.02, 0.3)));
            nodes.push(Corner(radius * p.range("boss", 0.3, 0.7), deep));
            nodes.push(Corner(radius * 0.28, deep * p.range("dish", 0.8, 1.1)));
            nodes.push(Corner(0.0, deep * 0.9));
            parts.push(turned(&Outline::open(&nodes)).material(BODY));
        }
    }
    parts
}
