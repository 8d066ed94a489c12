//! Which surface is nearest at every pixel.

use crate::math::Vec3;

/// A picture of the nearest surface. x to the right, y down, z into the picture.
pub(crate) struct DepthBuffer {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Distance of the nearest surface; infinite where there is none.
    pub(crate) depth: Vec<f32>,
    /// Number of the nearest triangle's owner, as given.
    pub(crate) owner: Vec<u16>,
    /// Brightness of the nearest triangle, as given.
    pub(crate) shade: Vec<u8>,
}

impl DepthBuffer {
    /// An empty picture.
    pub(crate) fn new(width: usize, height: usize) -> DepthBuffer {
        let pixels = width * height;
        DepthBuffer {
            width,
            height,
            depth: vec![f32::INFINITY; pixels],
            owner: vec![u16::MAX; pixels],
            shade: vec![255; pixels],
        }
    }

    /// Draws a triangle given in pixels; both sides count.
    pub(crate) fn fill(&mut self, corners: [Vec3; 3], owner: u16, shade: u8) {
        let depth = corners.map(|corner| corner.z);
        let Some(plane) = Plane::through(&corners, depth) else {
            return;
        };
        let width = self.width;
        scan(&corners, self.width, self.height, |y, from, to| {
            let start = y * width;
            let mut z = plane.at(from, y);
            for at in start + from..start + to {
                if (z as f32) < self.depth[at] {
                    self.depth[at] = z as f32;
                    self.owner[at] = owner;
                    self.shade[at] = shade;
                }
                z += plane.step_x;
            }
        });
    }

    /// Whether a point lies on or before the surface: not behind all of the nine pixels around
    /// it, which forgives a line that runs along the border of its own surface.
    pub(crate) fn shows(&self, point: Vec3, tolerance: f64) -> bool {
        let (x, y) = (point.x.floor() as i64, point.y.floor() as i64);
        let limit = (point.z - tolerance) as f32;
        (y - 1..=y + 1).any(|y| (x - 1..=x + 1).any(|x| limit <= self.depth_at(x, y)))
    }

    /// Whether nothing but the background lies within two pixels on some side of a point.
    pub(crate) fn borders_background(&self, point: Vec3) -> bool {
        let (x, y) = (point.x.floor() as i64, point.y.floor() as i64);
        [
            (-2, 0),
            (2, 0),
            (0, -2),
            (0, 2),
            (-2, -2),
            (2, 2),
            (-2, 2),
            (2, -2),
        ]
        .iter()
        .any(|&(dx, dy)| self.depth_at(x + dx, y + dy).is_infinite())
    }

    fn depth_at(&self, x: i64, y: i64) -> f32 {
        if x < 0 || y < 0 || x >= self.width as i64 || y >= self.height as i64 {
            f32::INFINITY
        } else {
            self.depth[y as usize * self.width + x as usize]
        }
    }
}

/// A quantity that is linear over the picture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plane {
    origin: f64,
    pub(crate) step_x: f64,
    step_y: f64,
}

impl Plane {
    /// The plane that has given values at three points of the picture; `None` if they lie on a
    /// line.
    pub(crate) fn through(points: &[Vec3; 3], values: [f64; 3]) -> Option<Plane> {
        let [a, b, c] = points;
        let (bx, by, cx, cy) = (b.x - a.x, b.y - a.y, c.x - a.x, c.y - a.y);
        let twice_area = bx * cy - by * cx;
        if twice_area.abs() < 1e-12 {
            return None;
        }
        let (vb, vc) = (values[1] - values[0], values[2] - values[0]);
        let step_x = (vb * cy - by * vc) / twice_area;
        let step_y = (bx * vc - vb * cx) / twice_area;
        Some(Plane {
            origin: values[0] - a.x * step_x - a.y * step_y,
            step_x,
            step_y,
        })
    }

    /// The value at the centre of a pixel.
    pub(crate) fn at(&self, x: usize, y: usize) -> f64 {
        self.origin + (x as f64 + 0.5) * self.step_x + (y as f64 + 0.5) * self.step_y
    }
}

/// Walks the rows of a triangle: `row(y, from, to)` for the pixels whose centres lie inside.
pub(crate) fn scan(
    corners: &[Vec3; 3],
    width: usize,
    height: usize,
    mut row: impl FnMut(usize, usize, usize),
) {
    let [a, b, c] = *corners;
    let top = a.y.min(b.y).min(c.y);
    let bottom = a.y.max(b.y).max(c.y);
    let first = (top - 0.5).ceil().max(0.0) as usize;
    let last = ((bottom - 0.5).ceil().max(0.0) as usize).min(height);
    for y in first..last {
        let centre = y as f64 + 0.5;
        let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
        for (p, q) in [(a, b), (b, c), (c, a)] {
            if (p.y <= centre) != (q.y <= centre) {
                let x = p.x + (centre - p.y) / (q.y - p.y) * (q.x - p.x);
                left = left.min(x);
                right = right.max(x);
            }
        }
        let from = (left - 0.5).ceil().max(0.0) as usize;
        let to = ((right - 0.5).ceil().max(0.0) as usize).min(width);
        if from < to {
            row(y, from, to);
        }
    }
}
