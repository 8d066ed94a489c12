//! How far each pixel is from the border, over colours: what lies behind an edge is far.
//!
//! A path costs what colours change along it, less what a soft shadow or a gradient changes them by
//! from pixel to pixel. So a plain ground, and one that grows lighter, is near all over, and a
//! subject is as far as its edges are strong (a geodesic distance, as in Wei et al., Geodesic
//! Saliency Using Background Priors, ECCV 2012).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::plane::{Colours, Plane, neighbours};

/// Changes of colour from a pixel to the next that cost nothing: noise and soft shadows.
const FREE: f32 = 0.012;

/// How much a change of lightness counts beside one of colour: shadows change the former alone.
const LIGHT: f32 = 0.5;

/// Parts of the scale that costs are counted in, so that paths are compared exactly.
const STEPS: f32 = 4096.0;

/// For each pixel the cost of the cheapest path from the border, 0 or more.
pub(super) fn from_border(colours: &Colours) -> Plane {
    let (width, height) = (colours.width(), colours.height());
    let mut costs = vec![u32::MAX; width * height];
    let mut pending = BinaryHeap::new();
    for (index, cost) in costs.iter_mut().enumerate() {
        let (x, y) = (index % width, index / width);
        if x == 0 || y == 0 || x == width - 1 || y == height - 1 {
            *cost = 0;
            pending.push(Reverse((0_u32, index)));
        }
    }
    while let Some(Reverse((cost, index))) = pending.pop() {
        if cost > costs[index] {
            continue;
        }
        for next in neighbours(index, width, height) {
            let further = cost.saturating_add(step(colours.pixel(index), colours.pixel(next)));
            if further < costs[next] {
                costs[next] = further;
                pending.push(Reverse((further, next)));
            }
        }
    }
    let values = costs.into_iter().map(|cost| cost as f32 / STEPS);
    Plane::of(width, values.collect())
}

fn step(one: [f32; 3], other: [f32; 3]) -> u32 {
    let [light, blue, red] = [0, 1, 2].map(|channel| one[channel] - other[channel]);
    let change = (LIGHT * light * light + blue * blue + red * red).sqrt();
    ((change - FREE).max(0.0) * STEPS) as u32
}
