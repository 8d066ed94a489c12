//! What stands behind and below a product.

use super::finish::linear;
use crate::math::{Vec3, mix, sin_cos, smoothstep};
use crate::random::{Rng, mix64};

/// Wall and floor of a photo.
pub(super) struct Backdrop {
    /// Whether there is a floor that takes the shadow.
    pub(super) floor: bool,
    /// Light that is left in the shadow.
    pub(super) shade: f64,
    top: Vec3,
    bottom: Vec3,
    ground: Vec3,
    pattern: Pattern,
    /// Units per pattern step.
    grain: f64,
    turn: (f64, f64),
    seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pattern {
    Plain,
    Concrete,
    Planks,
}

const WALLS: &[[u8; 3]] = &[
    [255, 255, 255],
    [250, 250, 250],
    [242, 240, 236],
    [225, 228, 232],
    [200, 204, 208],
    [232, 220, 205],
    [190, 205, 212],
    [214, 196, 190],
    [180, 190, 175],
    [90, 94, 100],
    [48, 50, 56],
];
const FLOORS: &[[u8; 3]] = &[
    [172, 128, 84],
    [120, 82, 52],
    [204, 172, 130],
    [150, 150, 148],
    [196, 194, 190],
    [84, 84, 88],
];

impl Backdrop {
    /// A backdrop for a product of a size.
    pub(super) fn new(rng: &mut Rng, size: f64) -> Backdrop {
        let wall = linear(*rng.pick(WALLS));
        let gradient = rng.range(0.7, 1.0);
        let pattern = match rng.below(10) {
            0..6 => Pattern::Plain,
            6..8 => Pattern::Concrete,
            _ => Pattern::Planks,
        };
        Backdrop {
            floor: rng.chance(0.85),
            shade: rng.range(0.3, 0.65),
            top: wall * gradient,
            bottom: wall,
            ground: if pattern == Pattern::Plain {
                wall
            } else {
                linear(*rng.pick(FLOORS))
            },
            pattern,
            grain: size * rng.range(0.12, 0.3),
            turn: sin_cos(rng.range(0.0, 3.2)),
            seed: rng.bits(),
        }
    }

    /// The wall at a height of the picture, 0 on top.
    pub(super) fn wall(&self, height: f64) -> Vec3 {
        self.top.lerp(self.bottom, smoothstep(0.0, 0.9, height))
    }

    /// The floor's colour at a point.
    pub(super) fn ground(&self, point: Vec3) -> Vec3 {
        let (s, c) = self.turn;
        let u = (point.x * c - point.y * s) / self.grain;
        let v = (point.x * s + point.y * c) / self.grain;
        match self.pattern {
            Pattern::Plain => self.ground,
            Pattern::Concrete => {
                let cloud = self.noise(u * 1.5, v * 1.5) * 0.6 + self.noise(u * 9.0, v * 9.0) * 0.4;
                self.ground * mix(0.78, 1.15, cloud)
            }
            Pattern::Planks => {
                let plank = v.floor();
                let tone = self.noise(plank * 7.3 + 0.5, 0.5);
                let fibre = self.noise(u * 0.9 + plank * 13.0, v * 16.0);
                let joint = smoothstep(0.0, 0.03, (v - plank).min(1.0 - v + plank));
                self.ground * (mix(0.7, 1.15, tone * 0.5 + fibre * 0.5) * mix(0.35, 1.0, joint))
            }
        }
    }

    /// Smooth noise in [0, 1] with steps of one unit.
    fn noise(&self, x: f64, y: f64) -> f64 {
        let (x0, y0) = (x.floor(), y.floor());
        let at = |dx: i64, dy: i64| {
            // Two odd factors tell the lattice points apart; one mixing step scatters them.
            let x = (x0 as i64 + dx).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64);
            let y = (y0 as i64 + dy).wrapping_mul(0xc2b2_ae3d_27d4_eb4f_u64 as i64);
            (mix64(self.seed ^ (x.wrapping_add(y)) as u64) >> 40) as f64 / (1_u64 << 24) as f64
        };
        let (tx, ty) = (smoothstep(0.0, 1.0, x - x0), smoothstep(0.0, 1.0, y - y0));
        mix(mix(at(0, 0), at(1, 0), tx), mix(at(0, 1), at(1, 1), tx), ty)
    }
}
