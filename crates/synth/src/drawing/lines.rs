//! The lines of a view: which there are, and which stretches of them are seen.

use super::depth::DepthBuffer;
use super::view::Axes;
use crate::math::Vec3;
use crate::solid::{Part, chain};

/// The silhouette of a part's smooth surfaces for a direction of sight, in space.
///
/// The zero line of the angle between normal and sight, interpolated over every triangle, is
/// smooth where the border between faces seen from front and back would zigzag (Hertzmann and
/// Zorin, "Illustrating smooth surfaces", 2000). `level` 0 is the silhouette; higher levels are
/// the lines along which the surface is seen at the angle with that cosine.
pub(crate) fn contour(part: &Part, towards_viewer: Vec3, level: f64) -> Vec<Vec<Vec3>> {
    let mesh = &part.mesh;
    // Walls seen exactly edge-on have values that are zero but for rounding.
    let level = level - 1e-7;
    let facing: Vec<f64> = mesh
        .normals
        .iter()
        .map(|normal| normal.dot(towards_viewer) - level)
        .collect();
    let mut segments = Vec::new();
    for corners in &mesh.triangles {
        let value = corners.map(|corner| facing[corner as usize]);
        if (value[0] >= 0.0) == (value[1] >= 0.0) && (value[1] >= 0.0) == (value[2] >= 0.0) {
            continue;
        }
        let point = corners.map(|corner| mesh.points[corner as usize]);
        if level < 1e-6 && bends_away(&point, &value, towards_viewer) {
            continue;
        }
        let mut ends = [Vec3::default(); 2];
        let mut count = 0;
        for i in 0..3 {
            let j = (i + 1) % 3;
            if (value[i] >= 0.0) != (value[j] >= 0.0) && count < 2 {
                // From the lower vertex number, so that both triangles at the side agree.
                let (a, b) = if corners[i] < corners[j] {
                    (i, j)
                } else {
                    (j, i)
                };
                let t = value[a] / (value[a] - value[b]);
                ends[count] = point[a].lerp(point[b], t);
                count += 1;
            }
        }
        if count == 2 {
            segments.push(ends);
        }
    }
    let size = part
        .bounds()
        .map_or(1.0, |(low, high)| (high - low).length());
    chain(&segments, size)
}

/// Whether the surface is hollow along the sight: its silhouette then lies behind itself.
fn bends_away(point: &[Vec3; 3], value: &[f64; 3], towards_viewer: Vec3) -> bool {
    let (u, v) = (point[1] - point[0], point[2] - point[0]);
    let normal = u.cross(v);
    let area_squared = normal.dot(normal);
    if area_squared < 1e-300 {
        return true;
    }
    let gradient =
        v.cross(normal) * (value[1] - value[0]) + normal.cross(u) * (value[2] - value[0]);
    gradient.dot(towards_viewer) < 0.0
}

/// A stretch of a line that is seen, in the depth buffer's pixels, and where along the whole line
/// it starts.
pub(crate) struct Stretch {
    pub(crate) points: Vec<Vec3>,
    pub(crate) start: f64,
    /// Whether the background lies beside it.
    pub(crate) outer: bool,
}

/// Longest step, in pixels, between two looks at the depth buffer.
const STEP: f64 = 1.5;
/// How far, in pixels, a line may lie behind the surface that it belongs to: tessellation and
/// rounding stay below half a pixel.
const TOLERANCE: f64 = 0.6;
/// Seen stretches shorter than this are taken for noise, and so are gaps.
const SHORTEST: f64 = 2.5;

/// Maps points in space to pixels of a depth buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera {
    pub(crate) axes: Axes,
    /// Pixels per unit.
    pub(crate) scale: f64,
    /// What lies in the middle of the picture, in the picture's axes.
    pub(crate) centre: Vec3,
    /// The middle of the picture in pixels.
    pub(crate) middle: (f64, f64),
}

impl Camera {
    /// Pixel coordinates (y down) and depth in pixels.
    pub(crate) fn pixel(&self, point: Vec3) -> Vec3 {
        let p = self.axes.project(point) - self.centre;
        Vec3 {
            x: self.middle.0 + p.x * self.scale,
            y: self.middle.1 - p.y * self.scale,
            z: p.z * self.scale,
        }
    }
}

/// The stretches of a line that the depth buffer does not hide.
pub(crate) fn seen(line: &[Vec3], camera: &Camera, buffer: &DepthBuffer) -> Vec<Stretch> {
    let pixels: Vec<Vec3> = line.iter().map(|&p| camera.pixel(p)).collect();
    let mut samples: Vec<(Vec3, f64)> = Vec::new();
    let mut travelled = 0.0;
    for pair in pixels.windows(2) {
        let step = pair[1] - pair[0];
        let length = (step.x * step.x + step.y * step.y).sqrt();
        let count = (length / STEP).ceil().max(1.0) as usize;
        for i in 0..count {
            let t = i as f64 / count as f64;
            samples.push((pair[0].lerp(pair[1], t), travelled + length * t));
        }
        travelled += length;
    }
    if let Some(&last) = pixels.last() {
        samples.push((last, travelled));
    }
    let mut visible: Vec<bool> = samples
        .iter()
        .map(|&(point, _)| buffer.shows(point, TOLERANCE))
        .collect();
    drop_short_runs(&samples, &mut visible, travelled);

    let mut stretches: Vec<Stretch> = Vec::new();
    let mut open = false;
    for (index, &(point, at)) in samples.iter().enumerate() {
        if !visible[index] {
            open = false;
            continue;
        }
        let outer = buffer.borders_background(point);
        match stretches.last_mut() {
            Some(stretch) if open && stretch.outer == outer => stretch.points.push(point),
            Some(stretch) if open => {
                // The pen changes within the line: the new stretch starts where the old one ends.
                stretch.points.push(point);
                stretches.push(Stretch {
                    points: vec![point],
                    start: at,
                    outer,
                });
            }
            _ => stretches.push(Stretch {
                points: vec![point],
                start: at,
                outer,
            }),
        }
        open = true;
    }
    stretches
}

/// Closes gaps and drops stretches below [`SHORTEST`], unless the whole line is that short.
fn drop_short_runs(samples: &[(Vec3, f64)], visible: &mut [bool], whole: f64) {
    for wanted in [false, true] {
        let mut start = 0;
        while start < visible.len() {
            let mut end = start;
            while end < visible.len() && visible[end] == visible[start] {
                end += 1;
            }
            let until = samples.get(end).map_or(whole, |s| s.1);
            let length = until - samples[start].1;
            let inner = start > 0 && end < visible.len();
            let short = length < SHORTEST && length < whole * 0.5;
            if visible[start] == wanted && short && (inner || wanted) {
                visible[start..end].fill(!wanted);
            }
            start = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawing::view::View;
    use crate::math::v3;
    use crate::solid::{Edge, cylinder, rounded_box};

    fn view_of(part: &Part, view: View) -> (Camera, DepthBuffer) {
        let camera = Camera {
            axes: view.axes(0.6, 0.5),
            scale: 20.0,
            centre: v3(0.0, 0.0, 0.0),
            middle: (200.0, 200.0),
        };
        let mut buffer = DepthBuffer::new(400, 400);
        for corners in &part.mesh.triangles {
            let corners = corners.map(|i| camera.pixel(part.mesh.points[i as usize]));
            buffer.fill(corners, 0, 255);
        }
        (camera, buffer)
    }

    /// Length of what is seen of a part's edges, in units.
    fn seen_length(part: &Part, view: View) -> f64 {
        let (camera, buffer) = view_of(part, view);
        part.curves
            .iter()
            .flat_map(|curve| seen(&curve.points, &camera, &buffer))
            .map(|stretch| {
                let p = &stretch.points;
                p.windows(2)
                    .map(|w| {
                        let d = w[1] - w[0];
                        (d.x * d.x + d.y * d.y).sqrt()
                    })
                    .sum::<f64>()
                    / camera.scale
            })
            .sum()
    }

    #[test]
    fn a_cube_in_perspective_shows_nine_of_its_twelve_edges() {
        let cube = rounded_box(6.0, 6.0, 6.0, 0.0, Edge::Sharp);
        let axes = View::Perspective.axes(0.6, 0.5);
        let length = |d: Vec3| {
            let p = axes.project(d);
            (p.x * p.x + p.y * p.y).sqrt() * 6.0
        };
        let three =
            length(v3(1.0, 0.0, 0.0)) + length(v3(0.0, 1.0, 0.0)) + length(v3(0.0, 0.0, 1.0));
        let found = seen_length(&cube, View::Perspective);
        assert!(
            (found - 3.0 * three).abs() < 1.0,
            "{found} of {}",
            3.0 * three
        );
    }

    #[test]
    fn a_groove_on_the_back_is_seen_from_the_back_alone() {
        let mut cube = rounded_box(6.0, 6.0, 6.0, 0.0, Edge::Sharp);
        let plain = (
            seen_length(&cube, View::Front),
            seen_length(&cube, View::Back),
        );
        let groove = vec![v3(-2.0, 3.0, 3.0), v3(2.0, 3.0, 3.0)];
        cube.add_curve(groove, crate::solid::Ink::Ornament);
        assert!((seen_length(&cube, View::Front) - plain.0).abs() < 1e-9);
        assert!((seen_length(&cube, View::Back) - plain.1 - 4.0).abs() < 0.1);
    }

    #[test]
    fn a_cylinder_has_two_upright_silhouettes() {
        let part = cylinder(2.0, 2.0, 5.0, 0.0);
        let axes = View::Perspective.axes(0.3, 0.4);
        let lines = contour(&part, axes.towards_viewer(), 0.0);
        assert_eq!(lines.len(), 2);
        for line in lines {
            let height = (line[0].z - line[line.len() - 1].z).abs();
            assert!((height - 5.0).abs() < 1e-9);
        }
    }
}
