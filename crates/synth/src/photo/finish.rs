//! Colours and finishes of products.

use crate::family::material;
use crate::math::{Vec3, v3};
use crate::random::Rng;

/// How a material looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish {
    /// Linear light.
    pub(super) colour: Vec3,
    /// Strength and sharpness of the highlight.
    pub(super) gloss: f64,
    pub(super) sharpness: u32,
    /// 0 for paint and wood, 1 for bare metal.
    pub(super) metal: f64,
    /// What decoration does to the colour.
    pub(super) paint: f64,
}

/// The finishes of a product's materials.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    pub(super) finishes: [Finish; material::COUNT],
}

/// sRGB colours that products come in.
const COLOURS: &[[u8; 3]] = &[
    [236, 234, 228],
    [245, 245, 245],
    [40, 40, 44],
    [88, 92, 98],
    [160, 164, 168],
    [178, 34, 40],
    [214, 92, 44],
    [230, 178, 52],
    [70, 120, 66],
    [34, 84, 80],
    [44, 92, 150],
    [28, 44, 84],
    [120, 76, 140],
    [222, 150, 164],
    [120, 80, 50],
    [176, 130, 84],
    [205, 170, 125],
    [150, 190, 200],
];
const METALS: &[[u8; 3]] = &[
    [200, 202, 206],
    [150, 152, 156],
    [212, 175, 105],
    [184, 115, 84],
    [60, 60, 64],
];

impl Palette {
    /// A palette for a product.
    pub(crate) fn new(rng: &mut Rng) -> Palette {
        let mut draw = || {
            let spread = rng.range(0.85, 1.1);
            Finish {
                colour: linear(*rng.pick(COLOURS)) * spread,
                gloss: rng.range(0.02, 0.6),
                sharpness: *rng.pick(&[12, 28, 60, 120]),
                metal: 0.0,
                paint: *rng.pick(&[0.25, 0.45, 1.8]),
            }
        };
        let (body, mut second, accent) = (draw(), draw(), draw());
        if rng.chance(0.35) {
            second = body;
        }
        let bare = Finish {
            colour: linear(*rng.pick(METALS)),
            gloss: rng.range(0.4, 0.9),
            sharpness: *rng.pick(&[40, 90, 160]),
            metal: if rng.chance(0.75) {
                rng.range(0.6, 1.0)
            } else {
                0.0
            },
            paint: 0.4,
        };
        Palette {
            finishes: [body, second, accent, bare],
        }
    }
}

/// Linear light of an sRGB colour; the square stands in for the display's gamma.
pub(super) fn linear(colour: [u8; 3]) -> Vec3 {
    let [r, g, b] = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        value * value
    });
    v3(r, g, b)
}
