//! What of a photo is its subject.
//!
//! First by edges: what is far from the border over colours (see [`distance`](super::distance)).
//! Then by colours: those of the subject and of the ground so found are counted, every pixel is
//! asked which of them it is more like, and both answers, smoothed along the photo's own edges (a
//! guided filter, He et al., ECCV 2010), make the next subject; three rounds of it. What comes out
//! must look like a subject, or there is none: the photo then stays whole.

use super::distance;
use super::plane::{Colours, Plane};
use super::regions::Regions;
use super::{HALF, within};
use crate::RgbImage;

/// Longest side of the copy that the subject is found on.
const SMALL: u32 = 240;

/// Rounds of colours.
const ROUNDS: usize = 3;

/// Steps of each channel that colours are counted by.
const BINS: [usize; 3] = [16, 24, 24];

/// A subject has at least and at most this part of the photo.
const AREA: std::ops::RangeInclusive<f64> = 0.015..=0.9;

/// Most of the border that it covers.
const MOST_BORDER: f64 = 0.35;

/// Most that subject and ground have of their colours in common.
const MOST_SHARED: f64 = 0.5;

/// Parts of the subject smaller than this part of its largest one are dust.
const DUST: f64 = 0.06;

/// Holes smaller than this part of the subject are gloss.
const GLOSS: f64 = 0.004;

/// For each pixel of `scaled` how much of it is subject, 0 to 1; `None` where none stands out.
pub(super) fn find(scaled: &RgbImage, full: &Colours) -> Option<Plane> {
    let small = within(scaled, SMALL);
    if small.width().min(small.height()) < 8 {
        return None;
    }
    let colours = Colours::of(&small);
    let smooth = colours.map(|plane| plane.boxed(1));
    let far = distance::from_border(&smooth);
    let limit = threshold(&far)?;
    let near = far.map(|cost| ((cost - limit) / limit).clamp(-1.0, 1.0));
    let mut mask = far.map(|cost| if cost > limit { 1.0 } else { 0.0 });
    for _ in 0..ROUNDS {
        let alike = likeness(&colours, &mask);
        let both = alike.zip(&near, |colour, edge| {
            0.5 + 0.5 * (0.6 * colour + 0.4 * edge)
        });
        mask = guided(&colours.0[0], &both, 4).map(|part| if part > HALF { 1.0 } else { 0.0 });
        tidy(&mut mask);
    }
    let stands_out = is_plausible(&mask) && shared_colours(&colours, &mask) <= MOST_SHARED;
    stands_out.then(|| {
        let (width, height) = (full.width(), full.height());
        let large = mask.scaled(width, height);
        let fine = guided(&full.0[0], &large, 4);
        // A narrow band between ground and subject.
        fine.map(|part| ((part - 0.35) / 0.3).clamp(0.0, 1.0))
    })
}

/// The cost that parts near from far best (Otsu's threshold, of costs up to the 98th of 100).
fn threshold(far: &Plane) -> Option<f32> {
    const LEVELS: usize = 128;
    /// Below this all is ground.
    const LEAST: f32 = 0.03;
    let mut sorted = far.values().to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let most = sorted[(sorted.len() - 1) * 98 / 100];
    if most < LEAST {
        return None;
    }
    let mut counts = [0.0_f64; LEVELS];
    for &cost in far.values() {
        let level = (cost / most * (LEVELS - 1) as f32) as usize;
        counts[level.min(LEVELS - 1)] += 1.0;
    }
    let total: f64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(i, n)| i as f64 * n).sum();
    let (mut below, mut sum_below) = (0.0, 0.0);
    let (mut best, mut best_level) = (-1.0, 0);
    for (level, count) in counts.iter().enumerate() {
        below += count;
        sum_below += level as f64 * count;
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = sum_below / below - (sum - sum_below) / above;
        let between = below * above * apart * apart;
        if between > best {
            (best, best_level) = (between, level);
        }
    }
    Some(((best_level as f32 + 1.0) / LEVELS as f32 * most).max(LEAST / 2.0))
}

/// How much more each pixel's colour is one of the subject's than of the ground's, -1 to 1.
fn likeness(colours: &Colours, mask: &Plane) -> Plane {
    let size = BINS.iter().product();
    let (mut subject, mut ground) = (vec![0.0_f32; size], vec![0.0_f32; size]);
    let bins: Vec<usize> = (0..mask.values().len())
        .map(|index| bin(colours.pixel(index)))
        .collect();
    for (&bin, &part) in bins.iter().zip(mask.values()) {
        subject[bin] += part;
        ground[bin] += 1.0 - part;
    }
    let (subject, ground) = (blurred(&subject), blurred(&ground));
    let total = |counts: &[f32]| counts.iter().sum::<f32>().max(1.0);
    let (all_subject, all_ground) = (total(&subject), total(&ground));
    let values = bins.iter().map(|&bin| {
        let (a, b) = (subject[bin] / all_subject, ground[bin] / all_ground);
        // A colour that neither has often says little.
        (a - b) / (a + b + 1e-4)
    });
    Plane::of(mask.width(), values.collect())
}

/// The part of their colours that subject and ground have in common, 0 to 1: of a pattern, which has no
/// subject, nearly all.
fn shared_colours(colours: &Colours, mask: &Plane) -> f64 {
    let mut counts = vec![[0.0_f64; 2]; BINS.iter().product()];
    let mut all = [0.0_f64; 2];
    for (index, &part) in mask.values().iter().enumerate() {
        let side = usize::from(part > HALF);
        counts[bin(colours.pixel(index))][side] += 1.0;
        all[side] += 1.0;
    }
    let shares = counts
        .iter()
        .map(|[ground, subject]| (ground / all[0].max(1.0)).min(subject / all[1].max(1.0)));
    shares.sum()
}

fn bin([light, blue, red]: [f32; 3]) -> usize {
    let along = |value: f32, count: usize| ((value * count as f32) as usize).min(count - 1);
    let light = along(light.clamp(0.0, 1.0), BINS[0]);
    // Colours of things are seldom strong: the scale is that of half of them.
    let blue = along((blue * 2.0 + 0.5).clamp(0.0, 1.0), BINS[1]);
    let red = along((red * 2.0 + 0.5).clamp(0.0, 1.0), BINS[2]);
    (light * BINS[1] + blue) * BINS[2] + red
}

/// Counts with those of the neighbouring bins, half as much each.
fn blurred(counts: &[f32]) -> Vec<f32> {
    let mut counts = counts.to_vec();
    for (step, length) in [
        (BINS[1] * BINS[2], BINS[0]),
        (BINS[2], BINS[1]),
        (1, BINS[2]),
    ] {
        let before = counts.clone();
        for (index, count) in counts.iter_mut().enumerate() {
            let place = index / step % length;
            if place > 0 {
                *count += 0.5 * before[index - step];
            }
            if place + 1 < length {
                *count += 0.5 * before[index + step];
            }
        }
    }
    counts
}

/// `values` smoothed, but not over the edges of `guide`.
fn guided(guide: &Plane, values: &Plane, radius: usize) -> Plane {
    /// Variance of the guide below which it has no edge.
    const FLAT: f32 = 4e-4;
    let mean = |plane: &Plane| plane.boxed(radius);
    let (mean_guide, mean_value) = (mean(guide), mean(values));
    let both = mean(&guide.zip(values, |a, b| a * b));
    let squares = mean(&guide.zip(guide, |a, b| a * b));
    let product = mean_guide.zip(&mean_value, |a, b| a * b);
    let covariance = both.zip(&product, |a, b| a - b);
    let variance = squares.zip(&mean_guide, |square, mean| square - mean * mean);
    let slope = covariance.zip(&variance, |a, b| a / (b.max(0.0) + FLAT));
    let offset = mean_value.zip(&slope.zip(&mean_guide, |a, b| a * b), |a, b| a - b);
    let slope = mean(&slope).zip(guide, |a, b| a * b);
    slope.zip(&mean(&offset), |a, b| a + b)
}

/// Takes dust away and fills gloss.
fn tidy(mask: &mut Plane) {
    let parts = Regions::of(mask, |part| part > HALF);
    let most = parts.list.iter().map(|part| part.pixels).max().unwrap_or(0);
    parts.paint(mask, 0.0, |part| (part.pixels as f64) < DUST * most as f64);
    let holes = Regions::of(mask, |part| part <= HALF);
    holes.paint(mask, 1.0, |hole| {
        !hole.at_border && (hole.pixels as f64) < GLOSS * most as f64
    });
}

fn is_plausible(mask: &Plane) -> bool {
    let (width, height) = (mask.width(), mask.height());
    let share = mask.values().iter().filter(|part| **part > HALF).count() as f64
        / mask.values().len() as f64;
    let border = (0..width)
        .flat_map(|x| [x, (height - 1) * width + x])
        .chain((0..height).flat_map(|y| [y * width, y * width + width - 1]));
    let (mut covered, mut all) = (0.0, 0.0);
    for index in border {
        all += 1.0;
        covered += f64::from(mask.values()[index]);
    }
    AREA.contains(&share) && covered <= MOST_BORDER * all
}
