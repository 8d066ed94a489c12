//! Whether matched places agree on how one picture became the other: shifted, scaled, turned,
//! mirrored.
//!
//! Any two pairs name a similarity transform, and its mirror image another; the one counts that
//! most pairs agree with. All are tried: of some dozens of pairs there are a thousand or two, where
//! drawing lots (RANSAC) would not be the same every time.

use crate::pairs::Pair;

/// How far from where the transform puts it a place may lie, in sides of the picture: one place of
/// the evidence's grid and some.
const NEAR: f32 = 0.12;

/// Two places this near to each other tell too little of scale and turn.
const APART: f32 = 0.25;

/// Pairs that have to agree: with any two pairs a transform always agrees, and a third and fourth
/// come near by chance.
const LEAST: usize = 5;

/// Share of the pairs that has to agree.
const LEAST_SHARE: f32 = 0.3;

/// Scales between which a picture may have been changed.
const SCALES: std::ops::RangeInclusive<f32> = 0.33..=3.0;

/// How one picture became another, as matched places have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Transform {
    /// Whether it was mirrored, left for right, before it was turned.
    pub is_mirrored: bool,
    /// What it was turned by, clockwise, in degrees from 0 up to 360.
    pub turned_degrees: f32,
    /// What its lengths were multiplied by.
    pub scale: f32,
    /// Where its middle went from the middle: x and y in sides of the picture.
    pub shift: [f32; 2],
    /// Which of the pairs agree, by their positions.
    pub agreeing: Vec<usize>,
}

/// z to `factor * z + offset`, or the same with z mirrored left for right; x + iy around the
/// pictures' middles.
#[derive(Clone, Copy)]
struct Map {
    is_mirrored: bool,
    factor: [f32; 2],
    offset: [f32; 2],
}

impl Transform {
    /// The transform that most of `pairs` agree with; `None` where too few agree with any. Of
    /// transforms with equally many the upright one and the one of the first pairs.
    #[must_use]
    pub fn of(pairs: &[Pair]) -> Option<Self> {
        let mut best: Option<(Map, usize)> = None;
        for is_mirrored in [false, true] {
            for (index, one) in pairs.iter().enumerate() {
                for two in &pairs[index + 1..] {
                    let Some(map) = Map::through(one, two, is_mirrored) else {
                        continue;
                    };
                    let count = pairs.iter().filter(|pair| map.agrees(pair)).count();
                    if best.is_none_or(|(_, most)| count > most) {
                        best = Some((map, count));
                    }
                }
            }
        }
        let (map, count) = best?;
        if count < LEAST || (count as f32) < LEAST_SHARE * pairs.len() as f32 {
            return None;
        }
        let agreeing: Vec<usize> = (0..pairs.len())
            .filter(|&index| map.agrees(&pairs[index]))
            .collect();
        let map = map.fitted(agreeing.iter().map(|&index| &pairs[index]));
        let [real, imaginary] = map.factor;
        Some(Self {
            is_mirrored: map.is_mirrored,
            turned_degrees: imaginary.atan2(real).to_degrees().rem_euclid(360.0),
            scale: real.hypot(imaginary),
            shift: map.offset,
            agreeing,
        })
    }
}

impl Map {
    /// The one that takes both pairs' places to each other.
    fn through(one: &Pair, two: &Pair, is_mirrored: bool) -> Option<Self> {
        let (a, b) = (source(one, is_mirrored), source(two, is_mirrored));
        let (c, d) = (centred(one.to), centred(two.to));
        let (from, to) = (minus(b, a), minus(d, c));
        let length = from[0].hypot(from[1]);
        if length < APART {
            return None;
        }
        let factor = divided(to, from);
        if !SCALES.contains(&factor[0].hypot(factor[1])) {
            return None;
        }
        Some(Self {
            is_mirrored,
            factor,
            offset: minus(c, times(factor, a)),
        })
    }

    fn agrees(&self, pair: &Pair) -> bool {
        let there = times(self.factor, source(pair, self.is_mirrored));
        let there = [there[0] + self.offset[0], there[1] + self.offset[1]];
        let off = minus(there, centred(pair.to));
        off[0].hypot(off[1]) <= NEAR
    }

    /// The least squares through pairs, of which there are two at least.
    fn fitted<'p>(&self, pairs: impl Iterator<Item = &'p Pair> + Clone) -> Self {
        let count = pairs.clone().count() as f32;
        let mean = |of: &dyn Fn(&Pair) -> [f32; 2]| {
            let sum = pairs
                .clone()
                .map(of)
                .fold([0.0; 2], |a, b| [a[0] + b[0], a[1] + b[1]]);
            [sum[0] / count, sum[1] / count]
        };
        let from = mean(&|pair| source(pair, self.is_mirrored));
        let to = mean(&|pair| centred(pair.to));
        let (mut product, mut length) = ([0.0; 2], 0.0);
        for pair in pairs {
            let x = minus(source(pair, self.is_mirrored), from);
            let y = minus(centred(pair.to), to);
            // y times the conjugate of x.
            product[0] += y[0] * x[0] + y[1] * x[1];
            product[1] += y[1] * x[0] - y[0] * x[1];
            length += x[0] * x[0] + x[1] * x[1];
        }
        if length == 0.0 {
            return *self;
        }
        let factor = [product[0] / length, product[1] / length];
        Self {
            is_mirrored: self.is_mirrored,
            factor,
            offset: minus(to, times(factor, from)),
        }
    }
}

fn source(pair: &Pair, is_mirrored: bool) -> [f32; 2] {
    let [x, y] = centred(pair.from);
    if is_mirrored { [-x, y] } else { [x, y] }
}

fn centred([x, y]: [f32; 2]) -> [f32; 2] {
    [x - 0.5, y - 0.5]
}

fn minus(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// The product of two complex numbers.
fn times(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]]
}

fn divided(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    let squared = b[0] * b[0] + b[1] * b[1];
    let product = times(a, [b[0], -b[1]]);
    [product[0] / squared, product[1] / squared]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places all over the picture.
    fn places(count: usize) -> impl Iterator<Item = [f32; 2]> {
        (0..count).map(|i| [(i * 37 % 100) as f32 / 100.0, (i * 71 % 100) as f32 / 100.0])
    }

    fn pair(from: [f32; 2], to: [f32; 2]) -> Pair {
        Pair {
            from,
            to,
            similarity: 0.5,
        }
    }

    /// Mirrored, turned clockwise as seen with y downwards, scaled, shifted, around the middle.
    fn moved([x, y]: [f32; 2], mirrored: bool, degrees: f32, scale: f32, by: [f32; 2]) -> [f32; 2] {
        let (x, y) = (if mirrored { 0.5 - x } else { x - 0.5 }, y - 0.5);
        let (sine, cosine) = degrees.to_radians().sin_cos();
        [
            (x * cosine - y * sine) * scale + 0.5 + by[0],
            (x * sine + y * cosine) * scale + 0.5 + by[1],
        ]
    }

    #[test]
    fn what_pairs_agree_on_is_found_among_others() {
        for (mirrored, degrees, scale, by) in [
            (false, 0.0, 1.0, [0.0, 0.0]),
            (true, 0.0, 1.0, [0.1, 0.0]),
            (false, 90.0, 1.0, [0.0, -0.2]),
            (true, 270.0, 0.6, [0.05, 0.1]),
            (false, 213.0, 1.7, [0.0, 0.0]),
        ] {
            let mut pairs: Vec<Pair> = places(20)
                .map(|place| pair(place, moved(place, mirrored, degrees, scale, by)))
                .collect();
            let others = places(40).skip(20).zip(places(60).skip(43));
            pairs.extend(others.map(|(from, to)| pair(from, to)));
            let found = Transform::of(&pairs).unwrap();
            assert_eq!(found.is_mirrored, mirrored);
            let off = (found.turned_degrees - degrees + 180.0).rem_euclid(360.0) - 180.0;
            assert!(off.abs() < 8.0, "{degrees}: {found:?}");
            assert!(
                (found.scale / scale - 1.0).abs() < 0.1,
                "{scale}: {found:?}"
            );
            assert!(
                (0..20).all(|index| found.agreeing.contains(&index)),
                "{found:?}"
            );
        }
    }

    #[test]
    fn pairs_at_random_agree_on_nothing() {
        let pairs: Vec<Pair> = places(40)
            .zip(places(97).skip(57))
            .enumerate()
            .map(|(index, (from, [x, y]))| {
                let off = (index * index * 13 % 100) as f32 / 100.0;
                pair(from, [(x + off) % 1.0, (y * 7.0 + off) % 1.0])
            })
            .collect();
        assert_eq!(Transform::of(&pairs), None);
        assert_eq!(Transform::of(&pairs[..1]), None);
        assert_eq!(Transform::of(&[]), None);
    }
}
