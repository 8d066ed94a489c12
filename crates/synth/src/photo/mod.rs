//! Product photos: the same solids, shaded, lit and set before a background.

mod backdrop;
mod finish;
mod surface;

use image::RgbImage;

use crate::drawing::{Axes, DepthBuffer};
use crate::math::{Vec3, mix, power, v3};
use crate::random::Rng;
use crate::solid::{Part, bounds_of};
use backdrop::Backdrop;
pub(crate) use finish::Palette;
use surface::{Camera, Surface};

/// Pixels drawn for every pixel of the photo, along each side.
const OVERSAMPLING: usize = 2;
/// Side of the shadow map.
const SHADOW_SIZE: usize = 640;

/// Takes a photo of a product. Light, background, pose and framing come from `rng`.
pub(crate) fn take(parts: &[Part], palette: &Palette, rng: &mut Rng) -> RgbImage {
    let (width, height) =
        *rng.pick(&[(800, 800), (640, 640), (1000, 750), (750, 1000), (900, 675)]);
    let scene = Scene::new(parts, rng, width, height);
    let surface = Surface::render(parts, &scene.camera);
    let shadow = ShadowMap::render(parts, scene.light);

    let mut image = RgbImage::new(width as u32, height as u32);
    let grain = rng.range(0.0, 0.012);
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let sample = |sub: usize| {
            let sx = x as usize * OVERSAMPLING + sub % OVERSAMPLING;
            let sy = y as usize * OVERSAMPLING + sub / OVERSAMPLING;
            (sx, sy)
        };
        let subs = 0..OVERSAMPLING * OVERSAMPLING;
        // Most of a photo is background, which has no edges: one sample serves.
        let empty = subs.clone().all(|sub| {
            let (sx, sy) = sample(sub);
            surface.is_empty(sx, sy)
        });
        let taken = if empty { 0..1 } else { subs };
        let count = taken.len() as f64;
        let mut sum = v3(0.0, 0.0, 0.0);
        for sub in taken {
            let (sx, sy) = sample(sub);
            sum = sum + scene.colour(&surface, &shadow, palette, sx, sy, sub);
        }
        let noise = (rng.unit() - 0.5) * grain;
        let tone = |light: f64| {
            // A square root stands in for the display's gamma of 2.2.
            let value = (light / count).clamp(0.0, 1.0).sqrt() + noise;
            (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
        };
        pixel.0 = [tone(sum.x), tone(sum.y), tone(sum.z)];
    }
    image
}

struct Scene {
    camera: Camera,
    /// Towards the light.
    light: Vec3,
    /// Colour of the key light, and how much comes from everywhere.
    key: Vec3,
    ambient: f64,
    backdrop: Backdrop,
    floor: f64,
    size: f64,
}

impl Scene {
    fn new(parts: &[Part], rng: &mut Rng, width: usize, height: usize) -> Scene {
        let (low, high) = bounds_of(parts);
        let size = (high - low).length();
        let side = if rng.chance(0.5) { 1.0 } else { -1.0 };
        let azimuth = if rng.chance(0.85) {
            side * rng.range(0.05, 1.05)
        } else {
            side * rng.range(1.0, 3.0)
        };
        let axes = Axes::looking(azimuth, rng.range(0.12, 0.75));
        let camera = Camera::framing(
            parts,
            axes,
            rng.range(2.6, 6.0) * size,
            (width * OVERSAMPLING, height * OVERSAMPLING),
            rng.range(0.62, 0.88),
            (rng.range(-0.04, 0.04), rng.range(-0.04, 0.04)),
        );
        let viewer = axes.towards_viewer();
        let light = (v3(0.0, 0.0, rng.range(0.7, 1.6))
            + viewer * rng.range(0.2, 0.8)
            + axes.right * rng.range(-1.0, 1.0))
        .unit();
        let warmth = rng.range(-0.08, 0.1);
        Scene {
            camera,
            light,
            key: v3(1.0 + warmth, 1.0, 1.0 - warmth) * rng.range(0.65, 0.95),
            ambient: rng.range(0.22, 0.45),
            backdrop: Backdrop::new(rng, size),
            floor: low.z,
            size,
        }
    }

    /// The light that a sample receives, linear.
    fn colour(
        &self,
        surface: &Surface,
        shadow: &ShadowMap,
        palette: &Palette,
        x: usize,
        y: usize,
        jitter: usize,
    ) -> Vec3 {
        let Some(hit) = surface.at(x, y) else {
            return self.background(shadow, x, y, jitter);
        };
        let (from, ray) = self.camera.ray(x, y);
        let point = from + ray * hit.distance;
        let viewer = -ray;
        // Inner sides of thin walls are seen from behind now and then.
        let normal = if hit.normal.dot(viewer) < 0.0 {
            -hit.normal
        } else {
            hit.normal
        };
        let finish = &palette.finishes[hit.material];
        let mut base = finish.colour;
        if hit.painted {
            base = base * finish.paint;
        }
        if hit.hole {
            base = base * 0.12;
        }
        let lit = shadow.light(point + normal * (self.size * 0.004), jitter);
        let toward = normal.dot(self.light).max(0.0) * lit;
        // Less comes from below, and less yet close to the floor.
        let rise = ((point.z - self.floor) / self.size * 4.0).clamp(0.0, 1.0);
        let open = mix(0.55, 1.0, rise) * mix(0.55, 1.0, normal.z * 0.5 + 0.5);
        let half = (self.light + viewer).unit();
        let shine = power(normal.dot(half).max(0.0), finish.sharpness) * finish.gloss * lit;
        let grazing = power(1.0 - normal.dot(viewer).clamp(0.0, 1.0), 4) * finish.gloss;
        let mirrored = normal * (2.0 * normal.dot(viewer)) - viewer;
        let sky = reflection(mirrored);
        let diffuse = self.key * toward + v3(1.0, 1.0, 1.0) * (self.ambient * open);
        let tint = |colour: f64, light: f64, key: f64, metal_tint: f64| {
            colour * light * (1.0 - finish.metal * 0.75)
                + shine * key * mix(1.0, metal_tint, finish.metal)
                + sky * open * (finish.metal * 0.75 * metal_tint + grazing * 0.35)
        };
        v3(
            tint(base.x, diffuse.x, self.key.x, base.x),
            tint(base.y, diffuse.y, self.key.y, base.y),
            tint(base.z, diffuse.z, self.key.z, base.z),
        )
    }

    fn background(&self, shadow: &ShadowMap, x: usize, y: usize, jitter: usize) -> Vec3 {
        let (from, ray) = self.camera.ray(x, y);
        let height = y as f64 / self.camera.height as f64;
        let backdrop = self.backdrop.wall(height);
        if !self.backdrop.floor || ray.z > -1e-3 {
            return backdrop;
        }
        let distance = (self.floor - from.z) / ray.z;
        let point = from + ray * distance;
        // The floor fades into the wall, as a sheet of paper does that is bent upwards.
        let away = (distance / self.camera.distance - 1.0) * 1.2;
        let fade = crate::math::smoothstep(0.15, 1.3, away);
        if fade >= 1.0 {
            return backdrop;
        }
        let lit = shadow.light(point, jitter);
        let near = (point - self.camera.target).length() / self.size;
        let contact = 1.0 - 0.12 * (1.0 - (near * 1.6).min(1.0));
        let ground = self.backdrop.ground(point) * (mix(self.backdrop.shade, 1.0, lit) * contact);
        ground.lerp(backdrop, fade)
    }
}

/// A studio in the mirror: bright above, a dark band at eye level, a lighter floor.
fn reflection(direction: Vec3) -> f64 {
    let z = direction.z;
    let above = crate::math::smoothstep(0.05, 0.5, z);
    let window = crate::math::smoothstep(0.86, 0.9, (direction.x * 0.6 + direction.z * 0.8).abs());
    let below = crate::math::smoothstep(0.0, -0.6, z);
    0.12 + 0.6 * above + 0.35 * window + 0.3 * below
}

/// What the light sees.
struct ShadowMap {
    buffer: DepthBuffer,
    axes: Axes,
    centre: Vec3,
    scale: f64,
}

impl ShadowMap {
    fn render(parts: &[Part], light: Vec3) -> ShadowMap {
        let right = v3(-light.y, light.x, 0.0);
        let right = if right.length() < 1e-3 {
            v3(1.0, 0.0, 0.0)
        } else {
            right.unit()
        };
        let axes = Axes {
            right,
            up: light.cross(right),
        };
        let (low, high) = bounds_of(parts);
        let mut map = ShadowMap {
            buffer: DepthBuffer::new(SHADOW_SIZE, SHADOW_SIZE),
            axes,
            centre: axes.project((low + high) * 0.5),
            scale: SHADOW_SIZE as f64 * 0.97 / (high - low).length(),
        };
        for part in parts {
            let points: Vec<Vec3> = part.mesh.points.iter().map(|&p| map.texel(p)).collect();
            for corners in &part.mesh.triangles {
                map.buffer.fill(corners.map(|i| points[i as usize]), 0, 0);
            }
        }
        map
    }

    fn texel(&self, point: Vec3) -> Vec3 {
        let p = (self.axes.project(point) - self.centre) * self.scale;
        let middle = SHADOW_SIZE as f64 / 2.0;
        v3(middle + p.x, middle - p.y, p.z)
    }

    /// How much of the light reaches a point, from 0 to 1; nine looks, shifted by the sample's
    /// number so that the samples of a pixel blur each other's steps.
    fn light(&self, point: Vec3, jitter: usize) -> f64 {
        let at = self.texel(point);
        let (jx, jy) = ((jitter % 2) as f64 - 0.5, (jitter / 2) as f64 - 0.5);
        let mut open = 0.0;
        for dy in [-2.6, 0.0, 2.6] {
            for dx in [-2.6, 0.0, 2.6] {
                let (x, y) = (at.x + dx + jx * 1.3, at.y + dy + jy * 1.3);
                let inside =
                    x >= 0.0 && y >= 0.0 && x < SHADOW_SIZE as f64 && y < SHADOW_SIZE as f64;
                let blocked = inside && {
                    let depth = self.buffer.depth[y as usize * SHADOW_SIZE + x as usize];
                    f64::from(depth) < at.z - 3.0
                };
                open += f64::from(u8::from(!blocked));
            }
        }
        open / 9.0
    }
}
