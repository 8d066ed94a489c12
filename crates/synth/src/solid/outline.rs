//! Lines in a plane, given by a few nodes and turned into points.

use crate::math::{TURN, Vec2, sin_cos, v2};

/// A node of an [`Outline`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node {
    /// A sharp corner.
    Corner(f64, f64),
    /// A corner rounded with a radius (the third number), smaller where there is no room.
    Round(f64, f64, f64),
    /// A point that a smooth curve passes.
    Through(f64, f64),
}

impl Node {
    fn position(self) -> Vec2 {
        match self {
            Node::Corner(x, y) | Node::Round(x, y, _) | Node::Through(x, y) => v2(x, y),
        }
    }
}

/// A polyline in a plane that knows which of its points are corners.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) points: Vec<Vec2>,
    pub(crate) corners: Vec<bool>,
    pub(crate) closed: bool,
}

/// Points per quarter turn of a rounding.
const ARC_STEPS: f64 = 8.0;
/// Points per span of a smooth curve.
const SPLINE_STEPS: usize = 10;

impl Outline {
    /// A closed line through nodes, counter-clockwise if it is to enclose material.
    pub(crate) fn closed(nodes: &[Node]) -> Outline {
        Outline::build(nodes, true)
    }

    /// An open line through nodes; its ends count as corners.
    pub(crate) fn open(nodes: &[Node]) -> Outline {
        Outline::build(nodes, false)
    }

    /// An ellipse about the origin in `steps` points.
    pub(crate) fn ellipse(radius_x: f64, radius_y: f64, steps: usize) -> Outline {
        Outline::polar(steps, |angle| {
            let (s, c) = sin_cos(angle);
            v2(radius_x * c, radius_y * s)
        })
    }

    /// A smooth closed line given by a function of the angle.
    pub(crate) fn polar(steps: usize, at: impl Fn(f64) -> Vec2) -> Outline {
        Outline {
            points: (0..steps)
                .map(|step| at(step as f64 * TURN / steps as f64))
                .collect(),
            corners: vec![false; steps],
            closed: true,
        }
    }

    /// A rectangle about the origin with rounded corners.
    pub(crate) fn rectangle(width: f64, depth: f64, radius: f64) -> Outline {
        let (x, y) = (width / 2.0, depth / 2.0);
        let nodes = [(x, -y), (x, y), (-x, y), (-x, -y)];
        Outline::closed(&nodes.map(|(x, y)| {
            if radius > 1e-6 {
                Node::Round(x, y, radius)
            } else {
                Node::Corner(x, y)
            }
        }))
    }

    /// A regular polygon about the origin with rounded corners, the first one at `start` radians.
    pub(crate) fn polygon(sides: usize, radius: f64, rounding: f64, start: f64) -> Outline {
        let nodes: Vec<Node> = (0..sides)
            .map(|side| {
                let (s, c) = sin_cos(start + side as f64 * TURN / sides as f64);
                if rounding > 1e-6 {
                    Node::Round(radius * c, radius * s, rounding)
                } else {
                    Node::Corner(radius * c, radius * s)
                }
            })
            .collect();
        Outline::closed(&nodes)
    }

    /// The line moved and scaled point by point.
    pub(crate) fn map(mut self, change: impl Fn(Vec2) -> Vec2) -> Outline {
        for point in &mut self.points {
            *point = change(*point);
        }
        self
    }

    /// The line the other way round: a hole of an outline.
    pub(crate) fn reversed(mut self) -> Outline {
        self.points.reverse();
        self.corners.reverse();
        self
    }

    /// The line with no step longer than `longest`.
    pub(crate) fn refined(self, longest: f64) -> Outline {
        let mut fine = Outline {
            points: Vec::new(),
            corners: Vec::new(),
            closed: self.closed,
        };
        let count = self.points.len();
        for (index, &point) in self.points.iter().enumerate() {
            fine.points.push(point);
            fine.corners.push(self.corners[index]);
            if index + 1 == count && !self.closed {
                break;
            }
            let next = self.points[(index + 1) % count];
            let steps = ((next - point).length() / longest).ceil().max(1.0) as usize;
            for step in 1..steps {
                fine.points
                    .push(point.lerp(next, step as f64 / steps as f64));
                fine.corners.push(false);
            }
        }
        fine
    }

    /// The smooth runs between corners as lists of point numbers. A closed line without corners is
    /// one run that does not repeat its first point.
    pub(crate) fn runs(&self) -> Vec<Vec<usize>> {
        let count = self.points.len();
        let breaks: Vec<usize> = (0..count).filter(|&i| self.corners[i]).collect();
        if !self.closed {
            let mut runs = Vec::new();
            let mut start = 0;
            for end in 1..count {
                if self.corners[end] || end + 1 == count {
                    runs.push((start..=end).collect());
                    start = end;
                }
            }
            return runs;
        }
        if breaks.is_empty() {
            return vec![(0..count).collect()];
        }
        (0..breaks.len())
            .map(|b| {
                let start = breaks[b];
                let end = breaks.get(b + 1).copied().unwrap_or(breaks[0] + count);
                (start..=end).map(|i| i % count).collect()
            })
            .collect()
    }

    /// How a point moves when a closed line shrinks by one: towards the inside, further at sharp
    /// corners, but at most thrice.
    pub(crate) fn inward(&self) -> Vec<Vec2> {
        let count = self.points.len();
        (0..count)
            .map(|i| {
                let before = (self.points[i] - self.points[(i + count - 1) % count]).unit();
                let after = (self.points[(i + 1) % count] - self.points[i]).unit();
                let sum = v2(-before.y - after.y, before.x + after.x);
                let length_squared = sum.x * sum.x + sum.y * sum.y;
                sum * (2.0 / length_squared.max(4.0 / 9.0))
            })
            .collect()
    }

    fn build(nodes: &[Node], closed: bool) -> Outline {
        let mut outline = Outline {
            points: Vec::new(),
            corners: Vec::new(),
            closed,
        };
        let count = nodes.len();
        let neighbour = |index: usize, by: isize| -> Option<Node> {
            let at = index as isize + by;
            if closed {
                Some(nodes[at.rem_euclid(count as isize) as usize])
            } else {
                usize::try_from(at)
                    .ok()
                    .and_then(|at| nodes.get(at))
                    .copied()
            }
        };
        for (index, &node) in nodes.iter().enumerate() {
            let here = node.position();
            match node {
                Node::Corner(..) => outline.push(here, true),
                Node::Through(..) => {
                    let end = !closed && (index == 0 || index + 1 == count);
                    outline.push(here, end);
                }
                Node::Round(_, _, radius) => match (neighbour(index, -1), neighbour(index, 1)) {
                    (Some(before), Some(after)) => {
                        outline.push_arc(before, here, after, radius);
                    }
                    _ => outline.push(here, true),
                },
            }
            let Some(next) = neighbour(index, 1) else {
                continue;
            };
            let smooth = matches!(node, Node::Through(..)) || matches!(next, Node::Through(..));
            if !smooth {
                continue;
            }
            // Beyond a corner the curve has no neighbour to lean on: it ends straight.
            let to = next.position();
            let before = match node {
                Node::Through(..) => neighbour(index, -1).map(Node::position),
                _ => None,
            };
            let after = match next {
                Node::Through(..) => neighbour(index, 2).map(Node::position),
                _ => None,
            };
            for step in 1..SPLINE_STEPS {
                let t = step as f64 / SPLINE_STEPS as f64;
                outline.push(catmull_rom(before, here, to, after, t), false);
            }
        }
        if !closed {
            let last = outline.corners.len() - 1;
            outline.corners[0] = true;
            outline.corners[last] = true;
        }
        outline
    }

    fn push(&mut self, point: Vec2, corner: bool) {
        self.points.push(point);
        self.corners.push(corner);
    }

    fn push_arc(&mut self, before: Node, corner: Vec2, after: Node, radius: f64) {
        let to_before = before.position() - corner;
        let to_after = after.position() - corner;
        // Two roundings share the side between them.
        let room = |to: Vec2, node: Node| {
            to.length()
                * if matches!(node, Node::Round(..)) {
                    0.499
                } else {
                    0.98
                }
        };
        let (u, v) = (to_before.unit(), to_after.unit());
        let cosine = (u.x * v.x + u.y * v.y).clamp(-1.0, 1.0);
        // Half-angle formulas: tangent of half the angle between the sides.
        let tangent = ((1.0 - cosine) / (1.0 + cosine).max(1e-12)).sqrt();
        if tangent > 500.0 {
            self.push(corner, false);
            return;
        }
        let reach = (radius / tangent)
            .min(room(to_before, before))
            .min(room(to_after, after));
        let start = corner + u * reach;
        let end = corner + v * reach;
        // A rational quadratic curve with weight sin(half the angle) is the circular arc.
        let weight = ((1.0 - cosine) / 2.0).sqrt();
        let turned = 2.0 - 2.0 * weight;
        let steps = (ARC_STEPS * turned.sqrt()).ceil().clamp(3.0, 16.0) as usize;
        for step in 0..=steps {
            let t = step as f64 / steps as f64;
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t) * weight, t * t);
            let sum = a + b + c;
            self.push(
                start * (a / sum) + corner * (b / sum) + end * (c / sum),
                false,
            );
        }
    }
}

/// The Catmull-Rom curve between two of four points; a missing outer point is mirrored.
fn catmull_rom(before: Option<Vec2>, from: Vec2, to: Vec2, after: Option<Vec2>, t: f64) -> Vec2 {
    let before = before.unwrap_or(from * 2.0 - to);
    let after = after.unwrap_or(to * 2.0 - from);
    // Tangents are scaled by the span: uneven points would otherwise make the curve overshoot.
    let span = (to - from).length();
    let tangent = |a: Vec2, b: Vec2, c: Vec2| {
        let (ab, bc) = ((b - a).length().max(1e-9), (c - b).length().max(1e-9));
        ((b - a) * (bc / ab) + (c - b) * (ab / bc)) * (span / (ab + bc))
    };
    let m0 = tangent(before, from, to);
    let m1 = tangent(from, to, after);
    let (t2, t3) = (t * t, t * t * t);
    from * (2.0 * t3 - 3.0 * t2 + 1.0)
        + m0 * (t3 - 2.0 * t2 + t)
        + to * (3.0 * t2 - 2.0 * t3)
        + m1 * (t3 - t2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(outline: &Outline) -> f64 {
        let p = &outline.points;
        (0..p.len())
            .map(|i| p[i].cross(p[(i + 1) % p.len()]) / 2.0)
            .sum()
    }

    #[test]
    fn rounded_rectangle_loses_its_corners() {
        let outline = Outline::rectangle(4.0, 2.0, 0.5);
        let expected = 8.0 - (4.0 - std::f64::consts::PI) * 0.25;
        assert!((area(&outline) - expected).abs() < 0.01);
        assert!(outline.corners.iter().all(|&corner| !corner));
    }

    #[test]
    fn runs_end_at_corners() {
        assert_eq!(Outline::rectangle(2.0, 2.0, 0.0).runs().len(), 4);
        assert_eq!(Outline::ellipse(1.0, 1.0, 12).runs().len(), 1);
        let open = Outline::open(&[
            Node::Corner(0.0, 0.0),
            Node::Corner(1.0, 0.0),
            Node::Corner(1.0, 1.0),
        ]);
        assert_eq!(open.runs(), vec![vec![0, 1], vec![1, 2]]);
    }

    #[test]
    fn inward_shrinks() {
        let outline = Outline::rectangle(2.0, 2.0, 0.0);
        let inward = outline.inward();
        for (point, step) in outline.points.iter().zip(inward) {
            let moved = *point + step * 0.1;
            assert!((moved.x.abs() - 0.9).abs() < 1e-9 && (moved.y.abs() - 0.9).abs() < 1e-9);
        }
    }
}
