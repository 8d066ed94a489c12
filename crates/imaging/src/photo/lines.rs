//! A photo's subject as a line drawing.
//!
//! Edges of the smoothed colours, thinned to their crest and followed from strong to weak (Canny,
//! PAMI 1986), and where the subject ends without one, its outline. Strokes are as wide as an
//! office's drawings have them at this size.

use super::HALF;
use super::diffuse::smoothed;
use super::plane::{Colours, Plane};

/// An edge begins where colours change by this from pixel to pixel, and goes on down to that.
const STRONG: f32 = 0.035;
const WEAK: f32 = 0.014;

/// How much a change of colour counts beside one of lightness.
const COLOUR: f32 = 2.0;

/// Pixels around the subject in which its edges may lie, and within which an edge stands for the
/// outline.
const REACH: usize = 4;

/// Shorter lines are texture; pixels.
const SHORT: usize = 14;

/// Radius of a stroke in pixels.
const STROKE: isize = 1;

/// 0 where a line is, 1 elsewhere. The outline is drawn where `is_cut` says that the mask has one.
pub(super) fn draw(colours: &Colours, mask: &Plane, is_cut: bool) -> Plane {
    let (width, height) = (mask.width(), mask.height());
    let inside = if is_cut {
        grown(mask, REACH)
    } else {
        mask.clone()
    };
    let crest = crest(&smoothed(colours));
    let crest = crest.zip(&inside, |edge, part| if part >= HALF { edge } else { 0.0 });
    let mut lines = followed(&crest);
    if is_cut {
        let edges = Plane::of(
            width,
            lines
                .iter()
                .map(|&line| f32::from(u8::from(line)))
                .collect(),
        );
        let near = grown(&edges, REACH);
        for y in 0..height {
            for x in 0..width {
                let index = y * width + x;
                if near.values()[index] < HALF && is_outline(mask, x, y) {
                    lines[index] = true;
                }
            }
        }
    }
    stroked(&without_short(&lines, width), width)
}

/// Whether the subject ends there.
fn is_outline(mask: &Plane, x: usize, y: usize) -> bool {
    let (x, y) = (x as isize, y as isize);
    let outside = |x, y| mask.at(x, y) < HALF;
    !outside(x, y)
        && (outside(x - 1, y) || outside(x + 1, y) || outside(x, y - 1) || outside(x, y + 1))
}

/// How strongly colours change at each pixel that is a crest of change, 0 elsewhere.
fn crest(colours: &Colours) -> Plane {
    let (width, height) = (colours.width(), colours.height());
    let mut strength = vec![0.0; width * height];
    let mut across = vec![(0_isize, 0_isize); width * height];
    for y in 0..height as isize {
        for x in 0..width as isize {
            // Summed over the channels as a tensor: changes in opposite directions add up.
            let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
            for (channel, plane) in colours.0.iter().enumerate() {
                let at = |dx, dy| plane.at(x + dx, y + dy);
                let side = |dx: isize, dy: isize| {
                    // Sobel's weights, the sum of which is 8 for a change of 1 a pixel.
                    let (ox, oy) = (dy, dx);
                    at(dx + ox, dy + oy) + 2.0 * at(dx, dy) + at(dx - ox, dy - oy)
                };
                let weight = if channel == 0 { 1.0 } else { COLOUR };
                let along = (side(1, 0) - side(-1, 0)) / 8.0;
                let down = (side(0, 1) - side(0, -1)) / 8.0;
                xx += weight * along * along;
                xy += weight * along * down;
                yy += weight * down * down;
            }
            let index = y as usize * width + x as usize;
            let root = ((xx - yy) * (xx - yy) + 4.0 * xy * xy).sqrt();
            let most = (xx + yy + root) / 2.0;
            strength[index] = most.max(0.0).sqrt();
            across[index] = direction(most - yy, xy);
        }
    }
    let strength = Plane::of(width, strength);
    let mut crest = strength.clone();
    for (index, value) in crest.values_mut().iter_mut().enumerate() {
        let (x, y) = ((index % width) as isize, (index / width) as isize);
        let (dx, dy) = across[index];
        // Of two equal ones the first stays.
        if strength.at(x + dx, y + dy) > *value || strength.at(x - dx, y - dy) >= *value {
            *value = 0.0;
        }
    }
    crest
}

/// The neighbour that lies in the direction of `(x, y)`, or opposite to it.
fn direction(x: f32, y: f32) -> (isize, isize) {
    // The tangent of 22.5 degrees.
    const NARROW: f32 = 0.414_213_57;
    if y.abs() <= NARROW * x.abs() {
        (1, 0)
    } else if x.abs() <= NARROW * y.abs() {
        (0, 1)
    } else if (x > 0.0) == (y > 0.0) {
        (1, 1)
    } else {
        (1, -1)
    }
}

/// Crests that are strong, or go on from one that is.
fn followed(crest: &Plane) -> Vec<bool> {
    let values = crest.values();
    let mut lines: Vec<bool> = values.iter().map(|&value| value >= STRONG).collect();
    let mut pending: Vec<usize> = (0..lines.len()).filter(|&index| lines[index]).collect();
    while let Some(index) = pending.pop() {
        for next in neighbours(index, crest.width(), crest.height()) {
            if !lines[next] && values[next] >= WEAK {
                lines[next] = true;
                pending.push(next);
            }
        }
    }
    lines
}

fn without_short(lines: &[bool], width: usize) -> Vec<bool> {
    let height = lines.len() / width.max(1);
    let mut kept = lines.to_vec();
    let mut seen = vec![false; lines.len()];
    for start in 0..lines.len() {
        if !lines[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut line = vec![start];
        let mut at = 0;
        while at < line.len() {
            for next in neighbours(line[at], width, height) {
                if lines[next] && !seen[next] {
                    seen[next] = true;
                    line.push(next);
                }
            }
            at += 1;
        }
        if line.len() < SHORT {
            line.iter().for_each(|&index| kept[index] = false);
        }
    }
    kept
}

/// The up to eight pixels around one.
fn neighbours(index: usize, width: usize, height: usize) -> impl Iterator<Item = usize> {
    let (x, y) = (index % width, index / width);
    let around = move |at: usize, count: usize| at.saturating_sub(1)..=(at + 1).min(count - 1);
    let rows = around(y, height);
    rows.flat_map(move |y| around(x, width).map(move |x| y * width + x))
        .filter(move |&next| next != index)
}

fn stroked(lines: &[bool], width: usize) -> Plane {
    let height = lines.len() / width.max(1);
    let mut paper = Plane::filled(width, height, 1.0);
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| **line) {
        let (x, y) = ((index % width) as isize, (index / width) as isize);
        for dy in -STROKE..=STROKE {
            for dx in -STROKE..=STROKE {
                let (x, y) = (x + dx, y + dy);
                let inside = x >= 0 && y >= 0 && x < width as isize && y < height as isize;
                if inside && dx * dx + dy * dy <= STROKE * STROKE {
                    paper.values_mut()[y as usize * width + x as usize] = 0.0;
                }
            }
        }
    }
    paper
}

/// The mask, wider by `by` pixels.
fn grown(mask: &Plane, by: usize) -> Plane {
    // Any pixel of a square that belongs makes the mean of the square more than nothing.
    let hard = mask.map(|part| if part >= HALF { 1.0 } else { 0.0 });
    hard.boxed(by)
        .map(|mean| if mean > 1e-6 { 1.0 } else { 0.0 })
}
