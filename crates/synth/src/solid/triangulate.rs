//! Polygons with holes cut into triangles: ear clipping, holes joined by bridges.

use crate::math::Vec2;

/// Triangles (counter-clockwise, as numbers into the rings laid end to end) that fill the first
/// ring, given counter-clockwise, less the others, given clockwise.
///
/// Quadratic in the number of points, which stay in the hundreds here.
pub(crate) fn triangulate(rings: &[Vec<Vec2>]) -> Vec<[u32; 3]> {
    let points: Vec<Vec2> = rings.iter().flatten().copied().collect();
    let Some(outer) = rings.first() else {
        return Vec::new();
    };
    let mut polygon: Vec<u32> = (0..outer.len() as u32).collect();
    let mut holes = Vec::new();
    let mut start = outer.len() as u32;
    for ring in &rings[1..] {
        let end = start + ring.len() as u32;
        holes.push((start..end).collect::<Vec<u32>>());
        start = end;
    }
    // From right to left, so that the bridge of a hole never crosses a hole not yet joined.
    let rightmost = |hole: &[u32]| {
        hole.iter()
            .copied()
            .max_by(|&a, &b| points[a as usize].x.total_cmp(&points[b as usize].x))
    };
    holes.sort_by(|a, b| {
        let x = |hole: &[u32]| rightmost(hole).map_or(0.0, |i| points[i as usize].x);
        x(b).total_cmp(&x(a))
    });
    for hole in &holes {
        if let Some(from) = rightmost(hole) {
            join(&mut polygon, hole, from, &points);
        }
    }
    clip(&polygon, &points)
}

/// Inserts a hole into the polygon by a bridge from its rightmost point to a visible point.
fn join(polygon: &mut Vec<u32>, hole: &[u32], from: u32, points: &[Vec2]) {
    let origin = points[from as usize];
    // Nearest polygon corner that the bridge reaches without crossing a polygon side.
    let mut best: Option<(f64, usize)> = None;
    for (position, &corner) in polygon.iter().enumerate() {
        let target = points[corner as usize];
        if target.x < origin.x {
            continue;
        }
        let distance = (target - origin).length();
        if best.is_some_and(|(least, _)| distance >= least) {
            continue;
        }
        let n = polygon.len();
        let blocked = (0..n).any(|i| {
            let a = points[polygon[i] as usize];
            let b = points[polygon[(i + 1) % n] as usize];
            crosses(origin, target, a, b)
        });
        // The bridge must leave the corner into the polygon's inside.
        let before = points[polygon[(position + n - 1) % n] as usize];
        let after = points[polygon[(position + 1) % n] as usize];
        if !blocked && in_cone(before, target, after, origin) {
            best = Some((distance, position));
        }
    }
    let Some((_, position)) = best else {
        return;
    };
    let start = hole.iter().position(|&i| i == from).unwrap_or(0);
    let mut bridge: Vec<u32> = Vec::with_capacity(hole.len() + 2);
    bridge.extend((0..=hole.len()).map(|i| hole[(start + i) % hole.len()]));
    bridge.push(polygon[position]);
    polygon.splice(position + 1..position + 1, bridge);
}

fn clip(polygon: &[u32], points: &[Vec2]) -> Vec<[u32; 3]> {
    let mut left: Vec<u32> = polygon.to_vec();
    let mut triangles = Vec::with_capacity(left.len());
    let mut position = 0;
    let mut failures = 0;
    while left.len() > 3 {
        let n = left.len();
        let (i, j, k) = (position % n, (position + 1) % n, (position + 2) % n);
        let [a, b, c] = [left[i], left[j], left[k]].map(|p| points[p as usize]);
        let convex = (b - a).cross(c - b) > 1e-15;
        let ear = convex
            && !left.iter().any(|&p| {
                let p = points[p as usize];
                p != a && p != b && p != c && inside(a, b, c, p)
            });
        // After a full round without an ear only slivers are left: they are cut anyway.
        if ear || failures > n {
            if convex {
                triangles.push([left[i], left[j], left[k]]);
            }
            left.remove(j);
            failures = 0;
            // Skipping one corner keeps the triangles from fanning out of one point.
            position = if j == 0 { 0 } else { i + 1 };
        } else {
            failures += 1;
            position += 1;
        }
    }
    if let [a, b, c] = left[..] {
        triangles.push([a, b, c]);
    }
    triangles
}

fn inside(a: Vec2, b: Vec2, c: Vec2, p: Vec2) -> bool {
    (b - a).cross(p - a) >= 0.0 && (c - b).cross(p - b) >= 0.0 && (a - c).cross(p - c) >= 0.0
}

/// Whether `p` lies in the inside angle at `corner`.
fn in_cone(before: Vec2, corner: Vec2, after: Vec2, p: Vec2) -> bool {
    let left_of_after = (after - corner).cross(p - corner) > 0.0;
    let left_of_before = (corner - before).cross(p - corner) > 0.0;
    if (corner - before).cross(after - corner) >= 0.0 {
        left_of_after && left_of_before
    } else {
        left_of_after || left_of_before
    }
}

/// Whether two segments cross; touching at a shared end does not count.
fn crosses(p: Vec2, q: Vec2, a: Vec2, b: Vec2) -> bool {
    if p == a || p == b || q == a || q == b {
        return false;
    }
    let side = |u: Vec2, v: Vec2, w: Vec2| (v - u).cross(w - u);
    side(p, q, a) * side(p, q, b) < 0.0 && side(a, b, p) * side(a, b, q) < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solid::Outline;

    fn area_of(rings: &[Vec<Vec2>]) -> f64 {
        let points: Vec<Vec2> = rings.iter().flatten().copied().collect();
        triangulate(rings)
            .iter()
            .map(|t| {
                let [a, b, c] = t.map(|i| points[i as usize]);
                let area = (b - a).cross(c - a) / 2.0;
                assert!(area >= 0.0, "a triangle is turned over");
                area
            })
            .sum()
    }

    #[test]
    fn triangles_cover_the_polygon_less_its_holes() {
        let square = Outline::rectangle(10.0, 10.0, 0.0).points;
        let hole = |x: f64, y: f64| {
            Outline::rectangle(1.0, 1.0, 0.0)
                .map(|p| crate::math::v2(p.x + x, p.y + y))
                .reversed()
                .points
        };
        assert!((area_of(std::slice::from_ref(&square)) - 100.0).abs() < 1e-9);
        let rings = vec![square, hole(2.0, 2.0), hole(-2.0, 2.0), hole(0.0, -3.0)];
        assert!((area_of(&rings) - 97.0).abs() < 1e-9);
    }

    #[test]
    fn narrow_frames_stay_open() {
        for round in [0.02, 0.3, 0.8] {
            let outer = Outline::rectangle(8.0, 16.0, 1.0);
            let inner = Outline::rectangle(7.4, 15.4, round).reversed();
            let area = |o: &Outline| -> f64 {
                let p = &o.points;
                (0..p.len())
                    .map(|i| p[i].cross(p[(i + 1) % p.len()]) / 2.0)
                    .sum()
            };
            let expected = area(&outer) + area(&inner);
            let found = area_of(&[outer.points, inner.points]);
            assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
        }
    }

    #[test]
    fn concave_outlines_are_filled_exactly() {
        let star = Outline::polar(40, |angle| {
            let (s, c) = crate::math::sin_cos(angle);
            let r = 2.0 + crate::math::sin_cos(5.0 * angle).0;
            crate::math::v2(r * c, r * s)
        })
        .points;
        let expected: f64 = (0..star.len())
            .map(|i| star[i].cross(star[(i + 1) % star.len()]) / 2.0)
            .sum();
        assert!((area_of(&[star]) - expected).abs() < 1e-9);
    }
}
