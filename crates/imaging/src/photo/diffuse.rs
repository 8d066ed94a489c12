//! Smoothing that keeps edges (Perona and Malik, PAMI 1990).

use super::plane::Colours;

/// Rounds; each carries a colour a pixel further.
const ROUNDS: usize = 12;

/// Part of a difference that is levelled in a round, towards each of four neighbours.
const RATE: f32 = 0.2;

/// A change of colour from a pixel to the next that is levelled half as fast as none.
const EDGE: f32 = 0.03;

/// The colours, texture and noise levelled.
pub(super) fn smoothed(colours: &Colours) -> Colours {
    let (width, height) = (colours.width(), colours.height());
    let mut now = colours.clone();
    for _ in 0..ROUNDS {
        let before = now.clone();
        for y in 0..height {
            for x in 0..width {
                let index = y * width + x;
                let here = before.pixel(index);
                let mut change = [0.0; 3];
                let mut towards = |next: usize| {
                    let there = before.pixel(next);
                    let by = [0, 1, 2].map(|channel| there[channel] - here[channel]);
                    let squared: f32 = by.iter().map(|by| by * by).sum();
                    let rate = RATE / (1.0 + squared / (EDGE * EDGE));
                    for (change, by) in change.iter_mut().zip(by) {
                        *change += rate * by;
                    }
                };
                if x > 0 {
                    towards(index - 1);
                }
                if x + 1 < width {
                    towards(index + 1);
                }
                if y > 0 {
                    towards(index - width);
                }
                if y + 1 < height {
                    towards(index + width);
                }
                for (plane, change) in now.0.iter_mut().zip(change) {
                    plane.values_mut()[index] += change;
                }
            }
        }
    }
    now
}
