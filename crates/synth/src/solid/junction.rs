//! The lines along which parts meet.
//!
//! Parts run into each other instead of being cut to fit; where their surfaces cross there is an
//! edge that neither of them knows. Every pair of triangles of different parts that might cross is
//! found with a grid and cut.

use std::collections::HashMap;

use super::{Curve, Ink, Part};
use crate::math::{Vec3, v3};

/// A line where two parts meet, and which parts.
pub(crate) struct Junction {
    pub(crate) curve: Curve,
    pub(crate) parts: (usize, usize),
}

/// All lines along which two parts cross.
pub(crate) fn junctions(parts: &[Part]) -> Vec<Junction> {
    let boxes: Vec<_> = parts.iter().map(Part::bounds).collect();
    let mut found = Vec::new();
    for a in 0..parts.len() {
        for b in a + 1..parts.len() {
            let (Some(box_a), Some(box_b)) = (boxes[a], boxes[b]) else {
                continue;
            };
            let low = box_a.0.max(box_b.0);
            let high = box_a.1.min(box_b.1);
            if low.x > high.x || low.y > high.y || low.z > high.z {
                continue;
            }
            let segments = cut(&parts[a], &parts[b], low, high);
            for points in chain(&segments, (high - low).length()) {
                found.push(Junction {
                    curve: Curve {
                        points,
                        ink: Ink::Crease,
                    },
                    parts: (a, b),
                });
            }
        }
    }
    found
}

/// Cells along the longest side of the overlap of two parts.
const CELLS: f64 = 24.0;

type Triangle = [Vec3; 3];

fn cut(a: &Part, b: &Part, low: Vec3, high: Vec3) -> Vec<[Vec3; 2]> {
    let near = |part: &Part| -> Vec<Triangle> {
        part.mesh
            .triangles
            .iter()
            .map(|corners| corners.map(|i| part.mesh.points[i as usize]))
            .filter(|[p, q, r]| {
                let (least, most) = (p.min(*q).min(*r), p.max(*q).max(*r));
                least.x <= high.x
                    && least.y <= high.y
                    && least.z <= high.z
                    && most.x >= low.x
                    && most.y >= low.y
                    && most.z >= low.z
            })
            .collect()
    };
    let (mine, theirs) = (near(a), near(b));
    if mine.is_empty() || theirs.is_empty() {
        return Vec::new();
    }
    let size = high - low;
    let cell = (size.x.max(size.y).max(size.z) / CELLS).max(1e-9);
    let cells = |t: &Triangle| {
        let least = (t[0].min(t[1]).min(t[2])).max(low) - low;
        let most = (t[0].max(t[1]).max(t[2])).min(high) - low;
        let number = |x: f64| (x / cell) as i32;
        (
            [number(least.x), number(least.y), number(least.z)],
            [number(most.x), number(most.y), number(most.z)],
        )
    };
    let mut grid: HashMap<[i32; 3], Vec<u32>> = HashMap::new();
    for (index, triangle) in mine.iter().enumerate() {
        let (from, to) = cells(triangle);
        for_each_cell(from, to, |key| {
            grid.entry(key).or_default().push(index as u32);
        });
    }
    let mut segments = Vec::new();
    let mut tried = vec![u32::MAX; mine.len()];
    for (number, other) in theirs.iter().enumerate() {
        let (from, to) = cells(other);
        for_each_cell(from, to, |key| {
            for &index in grid.get(&key).into_iter().flatten() {
                if tried[index as usize] != number as u32 {
                    tried[index as usize] = number as u32;
                    segments.extend(cross(&mine[index as usize], other));
                }
            }
        });
    }
    segments
}

fn for_each_cell(from: [i32; 3], to: [i32; 3], mut visit: impl FnMut([i32; 3])) {
    for x in from[0]..=to[0] {
        for y in from[1]..=to[1] {
            for z in from[2]..=to[2] {
                visit([x, y, z]);
            }
        }
    }
}

/// The segment that two triangles share; `None` where they miss or lie in one plane.
fn cross(a: &Triangle, b: &Triangle) -> Option<[Vec3; 2]> {
    let normal_a = (a[1] - a[0]).cross(a[2] - a[0]);
    let normal_b = (b[1] - b[0]).cross(b[2] - b[0]);
    let line = normal_a.cross(normal_b);
    // A thousandth of a radian apart counts as one plane.
    if line.length() < 1e-3 * normal_a.length() * normal_b.length() {
        return None;
    }
    let on_a = pierce(a, b[0], normal_b)?;
    let on_b = pierce(b, a[0], normal_a)?;
    let along = |p: Vec3| p.dot(line);
    let sort = |[p, q]: [Vec3; 2]| if along(p) <= along(q) { [p, q] } else { [q, p] };
    let (mine, theirs) = (sort(on_a), sort(on_b));
    let start = if along(mine[0]) > along(theirs[0]) {
        mine[0]
    } else {
        theirs[0]
    };
    let end = if along(mine[1]) < along(theirs[1]) {
        mine[1]
    } else {
        theirs[1]
    };
    (along(start) < along(end)).then_some([start, end])
}

/// Where the sides of a triangle pass a plane.
fn pierce(triangle: &Triangle, origin: Vec3, normal: Vec3) -> Option<[Vec3; 2]> {
    let height = triangle.map(|p| (p - origin).dot(normal));
    let mut found = [v3(0.0, 0.0, 0.0); 2];
    let mut count = 0;
    for i in 0..3 {
        let j = (i + 1) % 3;
        if (height[i] >= 0.0) != (height[j] >= 0.0) && count < 2 {
            let t = height[i] / (height[i] - height[j]);
            found[count] = triangle[i].lerp(triangle[j], t);
            count += 1;
        }
    }
    (count == 2).then_some(found)
}

/// Joins segments end to end into lines.
pub(crate) fn chain(segments: &[[Vec3; 2]], size: f64) -> Vec<Vec<Vec3>> {
    let unit = (size * 1e-7).max(1e-12);
    let key = |p: Vec3| [p.x, p.y, p.z].map(|coordinate| (coordinate / unit).round() as i64);
    let mut ends: HashMap<[i64; 3], Vec<usize>> = HashMap::new();
    for (index, [p, q]) in segments.iter().enumerate() {
        ends.entry(key(*p)).or_default().push(index);
        ends.entry(key(*q)).or_default().push(index);
    }
    let mut used = vec![false; segments.len()];
    let mut lines = Vec::new();
    for first in 0..segments.len() {
        if used[first] {
            continue;
        }
        used[first] = true;
        let mut line: std::collections::VecDeque<Vec3> = segments[first].into();
        for forward in [true, false] {
            loop {
                let tip = if forward {
                    line[line.len() - 1]
                } else {
                    line[0]
                };
                let next = ends
                    .get(&key(tip))
                    .and_then(|at| at.iter().copied().find(|&i| !used[i]));
                let Some(next) = next else {
                    break;
                };
                used[next] = true;
                let [p, q] = segments[next];
                let far = if key(p) == key(tip) { q } else { p };
                if forward {
                    line.push_back(far);
                } else {
                    line.push_front(far);
                }
            }
        }
        lines.push(line.into());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::Placement;
    use crate::solid::{Edge, cylinder, rounded_box};

    #[test]
    fn a_post_meets_a_board_in_one_ring() {
        let board = rounded_box(10.0, 10.0, 1.0, 0.0, Edge::Sharp);
        let post = cylinder(1.0, 1.0, 5.0, 0.0).placed(&Placement::at(0.3, 0.2, 0.5));
        let found = junctions(&[board, post]);
        assert_eq!(found.len(), 1, "one ring on the upper face");
        let points = &found[0].curve.points;
        assert!(points.iter().all(|p| (p.z - 1.0).abs() < 1e-9));
        let around: f64 = points.windows(2).map(|w| (w[1] - w[0]).length()).sum();
        assert!((around - std::f64::consts::TAU).abs() < 0.02);
    }

    #[test]
    fn parts_apart_do_not_meet() {
        let one = rounded_box(1.0, 1.0, 1.0, 0.0, Edge::Sharp);
        let other = one.clone().placed(&Placement::at(3.0, 0.0, 0.0));
        assert!(junctions(&[one, other]).is_empty());
    }
}
