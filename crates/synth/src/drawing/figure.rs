//! One view of a design, drawn onto a page.

use super::depth::DepthBuffer;
use super::lines::{Camera, Stretch, contour, seen};
use super::page::Page;
use super::view::Axes;
use crate::family::material;
use crate::math::{Vec2, Vec3, sin_cos, v2, v3};
use crate::random::Rng;
use crate::solid::{Ink, Junction, Part};

/// A design ready to be drawn: its parts and the lines along which they meet.
pub(crate) struct Subject {
    pub(crate) parts: Vec<Part>,
    pub(crate) junctions: Vec<Junction>,
}

/// How a draughtsman shades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shading {
    /// Lines only.
    Plain,
    /// Thin broken lines along the surface where it turns away.
    Contours,
    /// Dots, denser where it is darker.
    Stipple,
    /// Parallel lines over parts of the second material.
    Hatch,
    /// Accents in black.
    Solid,
}

/// The draughtsman's habits: the same through all sheets of a patent. Radii of pens in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) outline: f64,
    pub(crate) edge: f64,
    pub(crate) thin: f64,
    pub(crate) shading: Shading,
    /// Pixels between hatch lines, or between dots where it is darkest.
    pub(crate) spacing: f64,
    /// Direction of hatch lines in radians.
    pub(crate) slant: f64,
    /// Dashes of broken lines in pixels: ink, gap.
    pub(crate) dashes: (f64, f64),
    /// Whether the ends of roundings are drawn.
    pub(crate) tangents: bool,
}

/// Where a figure goes.
pub(crate) struct Frame<'a> {
    pub(crate) axes: Axes,
    /// Page pixels per unit.
    pub(crate) scale: f64,
    /// From figure pixels about the figure's middle (y down) to the page.
    pub(crate) onto: &'a dyn Fn(Vec2) -> Vec2,
}

/// Page pixels per pixel of the depth buffer: pens are thicker than this, so it does not show.
const COARSE: f64 = 2.0;

/// The size of a subject seen along axes, in units: width and height.
pub(crate) fn extent(parts: &[Part], axes: &Axes) -> (f64, f64) {
    let (low, high) = span(parts, axes);
    (high.x - low.x, high.y - low.y)
}

fn span(parts: &[Part], axes: &Axes) -> (Vec3, Vec3) {
    let mut low = v3(f64::INFINITY, f64::INFINITY, f64::INFINITY);
    let mut high = -low;
    for point in parts.iter().flat_map(|part| &part.mesh.points) {
        let p = axes.project(*point);
        low = low.min(p);
        high = high.max(p);
    }
    (low, high)
}

/// Draws a view of the subject with hidden lines removed.
pub(crate) fn draw(
    page: &mut Page,
    subject: &Subject,
    frame: &Frame,
    style: &Style,
    rng: &mut Rng,
) {
    let (low, high) = span(&subject.parts, &frame.axes);
    let scale = frame.scale / COARSE;
    let margin = 6.0;
    let width = ((high.x - low.x) * scale + 2.0 * margin).ceil();
    let height = ((high.y - low.y) * scale + 2.0 * margin).ceil();
    let camera = Camera {
        axes: frame.axes,
        scale,
        centre: (low + high) * 0.5,
        middle: (width / 2.0, height / 2.0),
    };
    let mut buffer = DepthBuffer::new(width as usize, height as usize);
    render(&mut buffer, &subject.parts, &camera);

    let mut canvas = Canvas {
        page,
        camera,
        buffer: &buffer,
        frame,
        style,
        taken: vec![(0, 0.0); buffer.owner.len()],
        lines: 0,
    };
    for part in &subject.parts {
        canvas.part(part);
    }
    for junction in &subject.junctions {
        let (a, b) = junction.parts;
        let broken = subject.parts[a].unclaimed && subject.parts[b].unclaimed;
        canvas.line(&junction.curve.points, Pen::Edge, broken);
    }
    match style.shading {
        Shading::Plain => {}
        Shading::Contours => canvas.contour_lines(&subject.parts, rng),
        Shading::Stipple => canvas.stipple(&subject.parts, rng),
        Shading::Hatch => canvas.hatch(&subject.parts),
        Shading::Solid => canvas.blacken(&subject.parts),
    }
}

fn render(buffer: &mut DepthBuffer, parts: &[Part], camera: &Camera) {
    // Light from the upper left, in front, as in most patent drawings.
    let axes = &camera.axes;
    let light = (axes.up * 0.7 - axes.right * 0.55 + axes.towards_viewer() * 0.6).unit();
    for (owner, part) in parts.iter().enumerate() {
        let pixels: Vec<Vec3> = part.mesh.points.iter().map(|&p| camera.pixel(p)).collect();
        for corners in &part.mesh.triangles {
            let normal = corners.iter().fold(v3(0.0, 0.0, 0.0), |sum, &i| {
                sum + part.mesh.normals[i as usize]
            });
            let bright = (normal.unit().dot(light) * 0.5 + 0.5).clamp(0.0, 1.0);
            let corners = corners.map(|i| pixels[i as usize]);
            buffer.fill(corners, owner as u16, (bright * 255.0) as u8);
        }
    }
}

/// A line's own pixels up to this far back do not stop it; a ring that comes back over itself is
/// stopped.
const NEARBY: f64 = 12.0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pen {
    /// Outline where it borders the background, edge elsewhere.
    Contour,
    Edge,
    Thin,
}

struct Canvas<'a> {
    page: &'a mut Page,
    camera: Camera,
    buffer: &'a DepthBuffer,
    frame: &'a Frame<'a>,
    style: &'a Style,
    /// Which broken line runs through a pixel of the depth buffer, 0 for none, and how far along
    /// itself.
    taken: Vec<(u32, f64)>,
    /// Broken lines so far.
    lines: u32,
}

impl Canvas<'_> {
    fn part(&mut self, part: &Part) {
        let viewer = self.camera.axes.towards_viewer();
        for line in contour(part, viewer, 0.0) {
            self.line(&line, Pen::Contour, part.unclaimed);
        }
        for curve in &part.curves {
            let pen = match curve.ink {
                Ink::Crease => Pen::Contour,
                Ink::Tangent if !self.style.tangents => continue,
                Ink::Tangent | Ink::Ornament | Ink::Hole => Pen::Thin,
            };
            self.line(&curve.points, pen, part.unclaimed);
        }
    }

    fn line(&mut self, points: &[Vec3], pen: Pen, broken: bool) {
        self.lines += 1;
        for stretch in seen(points, &self.camera, self.buffer) {
            let radius = match pen {
                Pen::Contour if stretch.outer && !broken => self.style.outline,
                Pen::Contour | Pen::Edge => self.style.edge,
                Pen::Thin => self.style.thin,
            };
            let dashes = broken.then_some(self.style.dashes);
            if broken {
                for stretch in self.untaken(&stretch) {
                    self.stroke(&stretch, radius, dashes);
                }
            } else {
                self.stroke(&stretch, radius, dashes);
            }
        }
    }

    /// The pieces of a broken line where no other one runs. Edges that cover each other, such as
    /// the front and the back edge of a box, would fill each other's gaps.
    fn untaken(&mut self, stretch: &Stretch) -> Vec<Stretch> {
        let (width, height) = (self.buffer.width, self.buffer.height);
        let mut pieces = Vec::new();
        let mut piece: Vec<Vec3> = Vec::new();
        let (mut at, mut start) = (stretch.start, stretch.start);
        for pair in stretch.points.windows(2) {
            let middle = pair[0].lerp(pair[1], 0.5);
            let (x, y) = (middle.x.max(1.0) as usize, middle.y.max(1.0) as usize);
            let around = (y - 1..(y + 2).min(height))
                .flat_map(|y| (x - 1..(x + 2).min(width)).map(move |x| y * width + x));
            let free = around.clone().all(|pixel| {
                let (line, there) = self.taken[pixel];
                line == 0 || (line == self.lines && (at - there).abs() < NEARBY)
            });
            if free {
                if piece.is_empty() {
                    piece.push(pair[0]);
                    start = at;
                }
                piece.push(pair[1]);
                self.taken[y.min(height - 1) * width + x.min(width - 1)] = (self.lines, at);
            } else if !piece.is_empty() {
                pieces.push(Stretch {
                    points: std::mem::take(&mut piece),
                    start,
                    outer: stretch.outer,
                });
            }
            let step = pair[1] - pair[0];
            at += (step.x * step.x + step.y * step.y).sqrt();
        }
        if !piece.is_empty() {
            pieces.push(Stretch {
                points: piece,
                start,
                outer: stretch.outer,
            });
        }
        pieces
    }

    /// Strokes a stretch, in dashes that run on along the whole line if asked.
    fn stroke(&mut self, stretch: &Stretch, radius: f64, dashes: Option<(f64, f64)>) {
        let mut at = stretch.start * COARSE;
        for pair in stretch.points.windows(2) {
            let (from, to) = (self.onto_page(pair[0]), self.onto_page(pair[1]));
            let inked = dashes.is_none_or(|(ink, gap)| at.rem_euclid(ink + gap) < ink);
            if inked {
                self.page.stroke(from, to, radius);
            }
            at += (to - from).length();
        }
        if let [only] = stretch.points[..] {
            let at = self.onto_page(only);
            self.page.stroke(at, at, radius);
        }
    }

    fn onto_page(&self, pixel: Vec3) -> Vec2 {
        let (x, y) = self.camera.middle;
        (self.frame.onto)(v2((pixel.x - x) * COARSE, (pixel.y - y) * COARSE))
    }

    /// Broken lines along which the surface is seen at fixed angles.
    fn contour_lines(&mut self, parts: &[Part], rng: &mut Rng) {
        let viewer = self.camera.axes.towards_viewer();
        for part in parts.iter().filter(|part| part.curved && !part.unclaimed) {
            for level in [0.22, 0.42, 0.6] {
                for line in contour(part, viewer, level) {
                    let ink = rng.range(60.0, 240.0) * (1.0 - level);
                    let dashes = (ink, rng.range(15.0, 120.0) * (0.5 + level));
                    for stretch in seen(&line, &self.camera, self.buffer) {
                        if stretch.points.len() > 12 {
                            self.stroke(&stretch, self.style.thin, Some(dashes));
                        }
                    }
                }
            }
        }
    }

    /// One chance for a dot per cell of a jittered grid, taken where it is dark.
    fn stipple(&mut self, parts: &[Part], rng: &mut Rng) {
        let cell = self.style.spacing * 0.8 / COARSE;
        let columns = (self.buffer.width as f64 / cell) as usize;
        let rows = (self.buffer.height as f64 / cell) as usize;
        for row in 0..rows {
            for column in 0..columns {
                let x = (column as f64 + rng.unit()) * cell;
                let y = (row as f64 + rng.unit()) * cell;
                let luck = rng.unit();
                let index = y as usize * self.buffer.width + x as usize;
                let owner = usize::from(self.buffer.owner[index]);
                if parts.get(owner).is_none_or(|part| part.unclaimed) {
                    continue;
                }
                let dark = 1.0 - f64::from(self.buffer.shade[index]) / 255.0;
                if luck < (dark - 0.25) * 1.2 {
                    let dot = self.onto_page(v3(x, y, 0.0));
                    self.page.stroke(dot, dot, self.style.thin + 0.3);
                }
            }
        }
    }

    /// Black over what is seen of the accents.
    fn blacken(&mut self, parts: &[Part]) {
        for y in 0..self.buffer.height {
            for x in 0..self.buffer.width {
                let owner = usize::from(self.buffer.owner[y * self.buffer.width + x]);
                let accent = |part: &Part| part.material == material::ACCENT && !part.unclaimed;
                if parts.get(owner).is_some_and(accent) {
                    let dot = self.onto_page(v3(x as f64 + 0.5, y as f64 + 0.5, 0.0));
                    self.page.stroke(dot, dot, COARSE * 0.75);
                }
            }
        }
    }

    /// Parallel lines over what is seen of the second material.
    fn hatch(&mut self, parts: &[Part]) {
        let spacing = self.style.spacing / COARSE;
        let (s, c) = sin_cos(self.style.slant);
        let (width, height) = (self.buffer.width as f64, self.buffer.height as f64);
        let reach = (width + height) / 2.0;
        let lines = (reach / spacing) as i64;
        for line in -lines..=lines {
            let offset = line as f64 * spacing;
            let at = |t: f64| {
                v3(
                    width / 2.0 + t * c - offset * s,
                    height / 2.0 + t * s + offset * c,
                    0.0,
                )
            };
            let mut start: Option<f64> = None;
            let steps = (2.0 * reach) as i64;
            for step in 0..=steps {
                let t = step as f64 - reach;
                let p = at(t);
                let inside = p.x >= 0.0 && p.y >= 0.0 && p.x < width && p.y < height && {
                    let index = p.y as usize * self.buffer.width + p.x as usize;
                    parts
                        .get(usize::from(self.buffer.owner[index]))
                        .is_some_and(|part| part.material == material::SECOND && !part.unclaimed)
                };
                match (inside && step < steps, start) {
                    (true, None) => start = Some(t),
                    (false, Some(from)) => {
                        if t - from > 4.0 {
                            let (p, q) = (self.onto_page(at(from)), self.onto_page(at(t - 1.0)));
                            self.page.stroke(p, q, self.style.thin);
                        }
                        start = None;
                    }
                    _ => {}
                }
            }
        }
    }
}
