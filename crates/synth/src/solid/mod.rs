//! Solids as triangle meshes that know their lines.
//!
//! A part is a closed surface made of smooth patches. Neighbouring patches share no vertices, so
//! that normals computed by averaging faces are smooth inside a patch and break at its borders;
//! the borders come along as curves, because a draughtsman draws them. Faces wind counter-clockwise
//! seen from outside.

mod extrude;
mod junction;
mod lathe;
mod outline;
mod plate;
mod sweep;
mod triangulate;

pub(crate) use extrude::{Edge, Extrusion, rounded_box};
pub(crate) use junction::{Junction, chain, junctions};
pub(crate) use lathe::{Lathe, cylinder, revolve};
pub(crate) use outline::{Node, Outline};
pub(crate) use plate::plate;
pub(crate) use sweep::{End, Sweep, bent_path, spline_path, tube};

use crate::math::{Placement, Vec3, v3};

/// What a curve is to a draughtsman.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// A sharp edge.
    Crease,
    /// Where a rounding ends: drawn thin.
    Tangent,
    /// Surface decoration: drawn thin, painted in photos.
    Ornament,
    /// The rim of a small hole or dot: drawn thin, filled dark in photos. Closed and convex.
    Hole,
}

/// A line on a surface.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub(crate) points: Vec<Vec3>,
    pub(crate) ink: Ink,
}

/// Triangles with a normal per vertex.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mesh {
    pub(crate) points: Vec<Vec3>,
    pub(crate) normals: Vec<Vec3>,
    pub(crate) triangles: Vec<[u32; 3]>,
}

/// One surface of a design, of one material.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) mesh: Mesh,
    pub(crate) curves: Vec<Curve>,
    /// Which of the design's materials it is made of.
    pub(crate) material: usize,
    /// Curved as a whole, not just along its edges: worth shading lines.
    pub(crate) curved: bool,
    /// Shown for context only: drawn in broken lines.
    pub(crate) unclaimed: bool,
}

impl Part {
    /// Adds a patch of `rows` x `columns` points, rows outermost. Outside is where the step along
    /// a row, the step to the next row and the normal make a right-handed system. `wrapped` joins
    /// the last column to the first.
    pub(crate) fn add_patch(
        &mut self,
        rows: usize,
        columns: usize,
        wrapped: bool,
        point: impl Fn(usize, usize) -> Vec3,
    ) {
        let base = self.mesh.points.len();
        for row in 0..rows {
            for column in 0..columns {
                self.mesh.points.push(point(row, column));
            }
        }
        // A row that has shrunk to a point keeps one vertex, so that its normal is the average.
        let collapsed: Vec<bool> = (0..rows)
            .map(|row| {
                let row = &self.mesh.points[base + row * columns..base + (row + 1) * columns];
                row.iter().all(|p| (*p - row[0]).length() < 1e-9)
            })
            .collect();
        let index = |row: usize, column: usize| {
            let column = if collapsed[row] { 0 } else { column % columns };
            (base + row * columns + column) as u32
        };
        let steps = if wrapped { columns } else { columns - 1 };
        for row in 0..rows - 1 {
            for column in 0..steps {
                let corners = [
                    index(row, column),
                    index(row, column + 1),
                    index(row + 1, column + 1),
                    index(row + 1, column),
                ];
                self.add_triangle([corners[0], corners[1], corners[2]]);
                self.add_triangle([corners[0], corners[2], corners[3]]);
            }
        }
    }

    /// Adds a triangle unless two of its corners are one.
    pub(crate) fn add_triangle(&mut self, corners: [u32; 3]) {
        let [a, b, c] = corners;
        if a != b && b != c && a != c {
            self.mesh.triangles.push(corners);
        }
    }

    /// Adds a vertex and tells its number.
    pub(crate) fn add_point(&mut self, point: Vec3) -> u32 {
        self.mesh.points.push(point);
        (self.mesh.points.len() - 1) as u32
    }

    /// Adds a line; fewer than two points are none.
    pub(crate) fn add_curve(&mut self, points: Vec<Vec3>, ink: Ink) {
        if points.len() > 1 {
            self.curves.push(Curve { points, ink });
        }
    }

    /// Computes the normals: the faces at a vertex, averaged by area.
    pub(crate) fn finished(mut self) -> Part {
        let mesh = &mut self.mesh;
        let mut sums = vec![v3(0.0, 0.0, 0.0); mesh.points.len()];
        for corners in &mesh.triangles {
            let [a, b, c] = corners.map(|corner| mesh.points[corner as usize]);
            let face = (b - a).cross(c - a);
            for &corner in corners {
                sums[corner as usize] = sums[corner as usize] + face;
            }
        }
        mesh.normals = sums.into_iter().map(Vec3::unit).collect();
        self
    }

    /// The part, moved and turned.
    pub(crate) fn placed(mut self, placement: &Placement) -> Part {
        for point in &mut self.mesh.points {
            *point = placement.point(*point);
        }
        for normal in &mut self.mesh.normals {
            *normal = placement.direction(*normal);
        }
        for curve in &mut self.curves {
            for point in &mut curve.points {
                *point = placement.point(*point);
            }
        }
        self
    }

    /// The part's mirror image at the plane x = 0.
    pub(crate) fn mirrored(mut self) -> Part {
        let flip = |p: &mut Vec3| p.x = -p.x;
        self.mesh.points.iter_mut().for_each(flip);
        self.mesh.normals.iter_mut().for_each(flip);
        for curve in &mut self.curves {
            curve.points.iter_mut().for_each(flip);
        }
        for corners in &mut self.mesh.triangles {
            corners.swap(1, 2);
        }
        self
    }

    pub(crate) fn material(mut self, material: usize) -> Part {
        self.material = material;
        self
    }

    pub(crate) fn unclaimed(mut self, unclaimed: bool) -> Part {
        self.unclaimed = unclaimed;
        self
    }

    /// The corners of the box around the part; `None` without points.
    pub(crate) fn bounds(&self) -> Option<(Vec3, Vec3)> {
        let first = *self.mesh.points.first()?;
        Some(
            self.mesh
                .points
                .iter()
                .fold((first, first), |(low, high), &p| (low.min(p), high.max(p))),
        )
    }
}

/// The corners of the box around several parts.
pub(crate) fn bounds_of(parts: &[Part]) -> (Vec3, Vec3) {
    parts
        .iter()
        .filter_map(Part::bounds)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        .unwrap_or_default()
}
