//! Cross-sections of turned bodies: round, faceted, fluted, lobed, squared.

use crate::math::{TURN, Vec2, Vec3, mix, sin_cos, v3};
use crate::random::Params;

/// What is done to the circle of a lathe.
#[derive(Clone, Debug)]
pub(super) struct Section {
    kind: Kind,
    count: usize,
    depth: f64,
    /// Radians per unit of height.
    twist: f64,
    /// Width over depth of the whole body.
    aspect: f64,
    /// Heights between which lobes come and go.
    from: f64,
    to: f64,
    pub(super) seams: Vec<f64>,
    pub(super) steps: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Round,
    Facets,
    Flutes,
    Lobes,
    Squared,
}

impl Section {
    /// The circle.
    pub(super) fn round() -> Section {
        Section {
            kind: Kind::Round,
            count: 0,
            depth: 0.0,
            twist: 0.0,
            aspect: 1.0,
            from: 0.0,
            to: 1.0,
            seams: Vec::new(),
            steps: 96,
        }
    }

    /// A section for a body between two heights. `even` ones are as deep as wide.
    pub(super) fn draw(p: &Params, from: f64, to: f64, even: bool) -> Section {
        let kind = match p.choice("section.kind", 20) {
            0..9 => Kind::Round,
            9..12 => Kind::Facets,
            12..14 => Kind::Flutes,
            14..17 => Kind::Lobes,
            _ => Kind::Squared,
        };
        let count = match kind {
            Kind::Facets => p.count("section.facets", 4, 12),
            Kind::Flutes => p.count("section.flutes", 8, 26),
            _ => p.count("section.lobes", 3, 16),
        };
        let twisted =
            kind != Kind::Round && kind != Kind::Squared && p.chance("section.twist", 0.4);
        let lean = p.range("section.twist-by", -0.12, 0.12);
        let aspect = if !even && p.chance("section.oval", 0.25) {
            p.range("section.aspect", 0.5, 0.85)
        } else {
            1.0
        };
        let seams = if matches!(kind, Kind::Facets | Kind::Flutes) {
            (0..count)
                .map(|i| (i as f64 + 0.5) * TURN / count as f64)
                .collect()
        } else {
            Vec::new()
        };
        Section {
            kind,
            count,
            depth: p.range("section.depth", 0.35, 1.0),
            twist: if twisted { lean } else { 0.0 },
            aspect,
            from,
            to,
            seams,
            steps: if kind == Kind::Lobes {
                (count * 14).max(96)
            } else {
                96
            },
        }
    }

    /// Where a profile point lands.
    pub(super) fn shape(&self, angle: f64, point: Vec2) -> Vec3 {
        let (s, c) = sin_cos(angle + self.twist * point.y);
        let r = point.x * self.factor(angle, point.y);
        v3(r * c, r * s * self.aspect, point.y)
    }

    fn factor(&self, angle: f64, height: f64) -> f64 {
        match self.kind {
            Kind::Round => 1.0,
            Kind::Facets => {
                let half = TURN / (2.0 * self.count as f64);
                let flat = sin_cos(half).1 / sin_cos(self.local(angle)).1;
                flat * mix(1.0, 1.0 / sin_cos(half).1, 0.5)
            }
            Kind::Flutes => {
                let half = TURN / (2.0 * self.count as f64);
                let t = self.local(angle) / half;
                1.0 - half * 0.55 * self.depth * (1.0 - t * t)
            }
            Kind::Lobes => {
                let t = ((height - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
                let swell = 4.0 * t * (1.0 - t);
                let reach = 0.5 * self.depth / self.count as f64;
                1.0 + reach * swell * sin_cos(angle * self.count as f64).1
            }
            Kind::Squared => {
                let (s, c) = sin_cos(angle);
                let (s4, c4) = (s * s * s * s, c * c * c * c);
                let square = 1.0 / (s4 + c4).sqrt().sqrt();
                mix(1.0, square, self.depth)
            }
        }
    }

    /// The angle from the middle of the facet or flute it falls into.
    fn local(&self, angle: f64) -> f64 {
        let period = TURN / self.count as f64;
        (angle + period / 2.0).rem_euclid(period) - period / 2.0
    }
}
