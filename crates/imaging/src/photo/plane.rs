//! Numbers for each pixel of a picture.

use crate::RgbImage;

/// One number a pixel, row by row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Plane {
    pub(super) fn filled(width: usize, height: usize, value: f32) -> Self {
        Self {
            width,
            height,
            values: vec![value; width * height],
        }
    }

    /// `width * height` values.
    pub(super) fn of(width: usize, values: Vec<f32>) -> Self {
        Self {
            width,
            height: values.len() / width.max(1),
            values,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    pub(super) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(super) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The value there; of the nearest pixel where there is none.
    pub(super) fn at(&self, x: isize, y: isize) -> f32 {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.values[y * self.width + x]
    }

    pub(super) fn map(&self, of: impl Fn(f32) -> f32) -> Self {
        Self {
            values: self.values.iter().map(|&value| of(value)).collect(),
            ..*self
        }
    }

    pub(super) fn zip(&self, other: &Self, of: impl Fn(f32, f32) -> f32) -> Self {
        let both = self.values.iter().zip(&other.values);
        Self {
            values: both.map(|(&a, &b)| of(a, b)).collect(),
            ..*self
        }
    }

    /// The mean over squares of `2 * radius + 1` pixels, of what of them lies in the picture.
    pub(super) fn boxed(&self, radius: usize) -> Self {
        let rows = mean_along(&self.values, self.width, 1, self.height, self.width, radius);
        let values = mean_along(&rows, self.height, self.width, self.width, 1, radius);
        Self { values, ..*self }
    }

    /// At another size, bilinear between the middles of pixels.
    pub(super) fn scaled(&self, width: usize, height: usize) -> Self {
        let mut values = Vec::with_capacity(width * height);
        let place = |to: usize, from: usize, count: usize| {
            let at = (to as f32 + 0.5) * from as f32 / count as f32 - 0.5;
            let below = at.floor();
            (below as isize, at - below)
        };
        for y in 0..height {
            let (top, down) = place(y, self.height, height);
            for x in 0..width {
                let (left, along) = place(x, self.width, width);
                let row = |y| self.at(left, y) * (1.0 - along) + self.at(left + 1, y) * along;
                values.push(row(top) * (1.0 - down) + row(top + 1) * down);
            }
        }
        Self {
            width,
            height,
            values,
        }
    }
}

/// Means of windows along lines of `length` values that lie `step` apart; `lines` lines, whose
/// first values lie `stride` apart.
fn mean_along(
    values: &[f32],
    length: usize,
    step: usize,
    lines: usize,
    stride: usize,
    radius: usize,
) -> Vec<f32> {
    let mut means = vec![0.0; values.len()];
    for line in 0..lines {
        let start = line * stride;
        let at = |index: usize| f64::from(values[start + index * step]);
        let mut sum: f64 = (0..radius.min(length)).map(at).sum();
        for index in 0..length {
            if index + radius < length {
                sum += at(index + radius);
            }
            if index > radius {
                sum -= at(index - radius - 1);
            }
            let low = index.saturating_sub(radius);
            let high = (index + radius).min(length - 1);
            means[start + index * step] = (sum / (high - low + 1) as f64) as f32;
        }
    }
    means
}

/// Lightness, and how blue and how red a pixel is beside it; 0 to 1 and -0.5 to 0.5.
#[derive(Clone, Debug)]
pub(super) struct Colours(pub(super) [Plane; 3]);

impl Colours {
    /// By the weights of BT.601.
    pub(super) fn of(image: &RgbImage) -> Self {
        let width = image.width() as usize;
        let mut planes = [const { Vec::new() }; 3];
        for pixel in image.data().as_chunks::<3>().0 {
            let [red, green, blue] = pixel.map(|level| f32::from(level) / 255.0);
            let light = 0.299 * red + 0.587 * green + 0.114 * blue;
            planes[0].push(light);
            planes[1].push((blue - light) * 0.564);
            planes[2].push((red - light) * 0.713);
        }
        Self(planes.map(|values| Plane::of(width, values)))
    }

    pub(super) fn width(&self) -> usize {
        self.0[0].width()
    }

    pub(super) fn height(&self) -> usize {
        self.0[0].height()
    }

    pub(super) fn map(&self, of: impl Fn(&Plane) -> Plane) -> Self {
        Self([of(&self.0[0]), of(&self.0[1]), of(&self.0[2])])
    }

    /// The colour of the pixel at that position.
    pub(super) fn pixel(&self, index: usize) -> [f32; 3] {
        [0, 1, 2].map(|channel| self.0[channel].values()[index])
    }
}

/// The pixels that share a side with that one, in the order left, right, above, below.
pub(super) fn neighbours(index: usize, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (index % width, index / width);
    let sides = [
        (x > 0).then(|| index - 1),
        (x + 1 < width).then(|| index + 1),
        (y > 0).then(|| index - width),
        (y + 1 < height).then(|| index + width),
    ];
    sides.into_iter().flatten()
}
