//! What the camera sees of the product, sample by sample.

use crate::drawing::{Axes, Plane, scan};
use crate::math::{Vec3, v3};
use crate::solid::{Ink, Part};

/// A camera with a slight perspective.
pub(super) struct Camera {
    axes: Axes,
    eye: Vec3,
    /// What it is turned to.
    pub(super) target: Vec3,
    /// From the eye to the target.
    pub(super) distance: f64,
    /// Samples per unit at the target's distance.
    scale: f64,
    width: usize,
    pub(super) height: usize,
    middle: (f64, f64),
}

impl Camera {
    /// A camera that shows the parts over a share of a picture of `size` samples, off its middle
    /// by shares of it.
    pub(super) fn framing(
        parts: &[Part],
        axes: Axes,
        distance: f64,
        size: (usize, usize),
        share: f64,
        off: (f64, f64),
    ) -> Camera {
        let (low, high) = crate::solid::bounds_of(parts);
        let target = (low + high) * 0.5;
        let (width, height) = size;
        let mut camera = Camera {
            axes,
            eye: target + axes.towards_viewer() * distance,
            target,
            distance,
            scale: 1.0,
            width,
            height,
            middle: (0.0, 0.0),
        };
        let (mut least, mut most) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for point in parts.iter().flat_map(|part| &part.mesh.points) {
            let p = camera.project(*point);
            least = (least.0.min(p.x), least.1.min(p.y));
            most = (most.0.max(p.x), most.1.max(p.y));
        }
        let (w, h) = (width as f64, height as f64);
        camera.scale = (w * share / (most.0 - least.0)).min(h * share / (most.1 - least.1));
        camera.middle = (
            w * (0.5 + off.0) - (least.0 + most.0) / 2.0 * camera.scale,
            h * (0.5 + off.1) - (least.1 + most.1) / 2.0 * camera.scale,
        );
        camera
    }

    /// Sample coordinates and the inverse of the distance along the sight.
    fn project(&self, point: Vec3) -> Vec3 {
        let to = point - self.eye;
        let depth = -to.dot(self.axes.towards_viewer());
        let k = self.distance / depth * self.scale;
        v3(
            self.middle.0 + to.dot(self.axes.right) * k,
            self.middle.1 - to.dot(self.axes.up) * k,
            1.0 / depth,
        )
    }

    /// The eye, and the direction through the middle of a sample, as long as one unit of depth.
    fn through(&self, x: usize, y: usize) -> Vec3 {
        let k = 1.0 / (self.distance * self.scale);
        self.axes.right * ((x as f64 + 0.5 - self.middle.0) * k)
            - self.axes.up * ((y as f64 + 0.5 - self.middle.1) * k)
            - self.axes.towards_viewer()
    }

    /// Where a sample's ray starts and its direction of length 1.
    pub(super) fn ray(&self, x: usize, y: usize) -> (Vec3, Vec3) {
        (self.eye, self.through(x, y).unit())
    }
}

/// What lies at a sample.
pub(super) struct Hit {
    /// Along the ray.
    pub(super) distance: f64,
    pub(super) normal: Vec3,
    pub(super) material: usize,
    /// Decoration runs here.
    pub(super) painted: bool,
    pub(super) hole: bool,
}

const PAINTED: u8 = 0x40;
const HOLE: u8 = 0x80;
const NOTHING: u8 = 0x3f;
/// Normals are kept in 16 bits a coordinate.
const FINE: f64 = 32_000.0;

/// The nearest surface of every sample.
pub(super) struct Surface<'a> {
    camera: &'a Camera,
    /// 1 / distance: the larger the nearer.
    nearness: Vec<f32>,
    normal: Vec<[i16; 3]>,
    material: Vec<u8>,
}

impl<'a> Surface<'a> {
    pub(super) fn render(parts: &[Part], camera: &'a Camera) -> Surface<'a> {
        let samples = camera.width * camera.height;
        let mut surface = Surface {
            camera,
            nearness: vec![0.0; samples],
            normal: vec![[0; 3]; samples],
            material: vec![NOTHING; samples],
        };
        for part in parts {
            let points: Vec<Vec3> = part
                .mesh
                .points
                .iter()
                .map(|&p| camera.project(p))
                .collect();
            for corners in &part.mesh.triangles {
                let normals = corners.map(|i| part.mesh.normals[i as usize]);
                surface.fill(
                    &corners.map(|i| points[i as usize]),
                    &normals,
                    part.material as u8,
                );
            }
        }
        for part in parts {
            for curve in &part.curves {
                let points: Vec<Vec3> = curve.points.iter().map(|&p| camera.project(p)).collect();
                match curve.ink {
                    Ink::Crease | Ink::Tangent => {}
                    Ink::Ornament => surface.paint(&points),
                    Ink::Hole => surface.punch(&points),
                }
            }
        }
        surface
    }

    fn fill(&mut self, corners: &[Vec3; 3], normals: &[Vec3; 3], material: u8) {
        let plane = |values: [f64; 3]| Plane::through(corners, values);
        let (Some(near), Some(x), Some(y), Some(z)) = (
            plane(corners.map(|c| c.z)),
            plane(normals.map(|n| n.x * FINE)),
            plane(normals.map(|n| n.y * FINE)),
            plane(normals.map(|n| n.z * FINE)),
        ) else {
            return;
        };
        let width = self.camera.width;
        scan(corners, width, self.camera.height, |row, from, to| {
            for column in from..to {
                let at = row * width + column;
                let nearness = near.at(column, row) as f32;
                if nearness > self.nearness[at] {
                    self.nearness[at] = nearness;
                    self.material[at] = material;
                    self.normal[at] = [
                        x.at(column, row) as i16,
                        y.at(column, row) as i16,
                        z.at(column, row) as i16,
                    ];
                }
            }
        });
    }

    /// Marks a line of decoration, three samples wide, where it is in sight.
    fn paint(&mut self, points: &[Vec3]) {
        for pair in points.windows(2) {
            let way = pair[1] - pair[0];
            let steps = (way.x.abs().max(way.y.abs()) / 0.7).ceil().max(1.0) as usize;
            for step in 0..steps {
                let p = pair[0].lerp(pair[1], step as f64 / steps as f64);
                for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                    self.mark(p.x + dx, p.y + dy, p.z, PAINTED);
                }
            }
        }
    }

    /// Marks the inside of a small convex loop where it is in sight.
    fn punch(&mut self, points: &[Vec3]) {
        for pair in points[1..].windows(2) {
            let corners = [points[0], pair[0], pair[1]];
            let Some(near) = Plane::through(&corners, corners.map(|c| c.z)) else {
                continue;
            };
            let mut inside = Vec::new();
            scan(
                &corners,
                self.camera.width,
                self.camera.height,
                |row, from, to| {
                    inside.push((row, from, to));
                },
            );
            for (row, from, to) in inside {
                for column in from..to {
                    self.mark(column as f64, row as f64, near.at(column, row), HOLE);
                }
            }
        }
    }

    fn mark(&mut self, x: f64, y: f64, nearness: f64, mark: u8) {
        let (width, height) = (self.camera.width as f64, self.camera.height as f64);
        if x < 0.0 || y < 0.0 || x >= width || y >= height {
            return;
        }
        let at = y as usize * self.camera.width + x as usize;
        // Half a percent of the distance is less than most walls are thick and far more than the
        // hair that decoration lies above its surface.
        if self.material[at] != NOTHING && nearness >= f64::from(self.nearness[at]) * 0.995 {
            self.material[at] |= mark;
        }
    }

    /// Whether nothing lies at a sample.
    pub(super) fn is_empty(&self, x: usize, y: usize) -> bool {
        self.material[y * self.camera.width + x] & NOTHING == NOTHING
    }

    /// What lies at a sample, if anything.
    pub(super) fn at(&self, x: usize, y: usize) -> Option<Hit> {
        let at = y * self.camera.width + x;
        let material = self.material[at];
        if material & NOTHING == NOTHING {
            return None;
        }
        let [nx, ny, nz] = self.normal[at].map(f64::from);
        let depth = 1.0 / f64::from(self.nearness[at]);
        Some(Hit {
            distance: depth * self.camera.through(x, y).length(),
            normal: v3(nx, ny, nz).unit(),
            material: usize::from(material & NOTHING),
            painted: material & PAINTED != 0,
            hole: material & HOLE != 0,
        })
    }
}
