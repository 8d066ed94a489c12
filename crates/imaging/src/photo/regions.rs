//! Connected parts of a mask.

use super::plane::{Plane, neighbours};

/// The parts of one kind: for each pixel the number of its part, `None` outside; and of each part
/// its pixels and whether it reaches the border.
pub(super) struct Regions {
    of_pixel: Vec<Option<u32>>,
    pub(super) list: Vec<Region>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Region {
    pub(super) pixels: usize,
    pub(super) at_border: bool,
}

impl Regions {
    /// Of the pixels that `belongs` takes, connected by their sides.
    pub(super) fn of(mask: &Plane, belongs: impl Fn(f32) -> bool) -> Self {
        let (width, height) = (mask.width(), mask.height());
        let mut of_pixel = vec![None; width * height];
        let mut list = Vec::new();
        let mut pending = Vec::new();
        for start in 0..of_pixel.len() {
            if of_pixel[start].is_some() || !belongs(mask.values()[start]) {
                continue;
            }
            let number = list.len() as u32;
            let mut region = Region::default();
            of_pixel[start] = Some(number);
            pending.push(start);
            while let Some(index) = pending.pop() {
                let (x, y) = (index % width, index / width);
                region.pixels += 1;
                region.at_border |= x == 0 || y == 0 || x == width - 1 || y == height - 1;
                for next in neighbours(index, width, height) {
                    if of_pixel[next].is_none() && belongs(mask.values()[next]) {
                        of_pixel[next] = Some(number);
                        pending.push(next);
                    }
                }
            }
            list.push(region);
        }
        Self { of_pixel, list }
    }

    /// Gives all pixels of the parts that `chosen` takes a value.
    pub(super) fn paint(&self, mask: &mut Plane, value: f32, chosen: impl Fn(Region) -> bool) {
        for (number, painted) in self.of_pixel.iter().zip(mask.values_mut()) {
            if number.is_some_and(|number| chosen(self.list[number as usize])) {
                *painted = value;
            }
        }
    }
}
