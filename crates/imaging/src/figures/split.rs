//! Which ink belongs to which caption.
//!
//! Captions say how many figures there are, white space says what hangs together. Every caption
//! is anchored to the ink that it stands by; from there each figure takes in what is nearest, the
//! narrowest gap first, until all ink is taken (a minimum spanning forest). On which side of its
//! figure a caption stands is a matter of the draughtsman, the same all over a sheet: each side is
//! tried, and the one is taken whose figures keep apart best. When none keeps them apart, the
//! sheet stays whole.

use super::Turn;
use super::blobs::Blobs;
use super::captions::Found;
use super::rect::Rect;
use super::sets::Sets;

/// Gaps and sizes below are parts of the sheet's long side. Blobs smaller than this, together of
/// less than this part of the ink, with this much white around them are specks.
const SPECK_SIDE: f64 = 0.01;
const SPECK_INK: f64 = 0.005;
const SPECK_GAP: f64 = 0.02;
/// Ink this small and this far from all other is not part of the drawing either: a page number.
const STRAY_SIDE: f64 = 0.025;
const STRAY_INK: f64 = 0.02;
const STRAY_GAP: f64 = 0.06;
/// A figure has at least this part of the sheet's ink, or this part of its long side.
const FIGURE_INK: f64 = 0.004;
const FIGURE_SIDE: f64 = 0.03;
/// Without captions only white space as wide as this parts figures, each of which must have this
/// part of the sheet's long side and of its ink, so that no caption that could not be read is one.
const BARE_GAP: f64 = 0.12;
const BARE_SIDE: f64 = 0.15;
const BARE_INK: f64 = 0.1;
/// How much of the smaller of two boxes the other may cover: figures that interlock, but not one
/// that lies within another.
const MAX_OVERLAP: f64 = 0.4;

/// The blobs of one figure, and its caption's index.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) blobs: Vec<u32>,
    pub(super) bounds: Rect,
    pub(super) caption: Option<usize>,
}

/// Blobs that hang together.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    bounds: Rect,
    pixels: f64,
    /// Long side of the largest blob, in pixels.
    largest_side: f64,
}

/// A sheet's blobs and captions, on their way to figures.
pub(super) struct Splitter<'a> {
    blobs: &'a Blobs,
    captions: &'a [Found],
    side: f64,
    ink: f64,
    /// Blobs that are not specks.
    kept: Vec<bool>,
}

impl<'a> Splitter<'a> {
    /// Of a sheet whose long side is `side` pixels.
    pub(super) fn new(blobs: &'a Blobs, captions: &'a [Found], side: u32) -> Self {
        let side = f64::from(side);
        let ink = blobs.list.iter().map(|blob| blob.pixels as f64).sum();
        let mut splitter = Self {
            blobs,
            captions,
            side,
            ink,
            kept: Vec::new(),
        };
        splitter.kept = splitter.not_specks();
        splitter
    }

    /// The figures; one if the sheet cannot be parted, none if it has no ink.
    pub(super) fn groups(&self) -> Vec<Group> {
        let whole = self.grouped(&vec![0; self.blobs.list.len()], 1);
        let split = match self.captions.len() {
            0 => self.by_white_space(),
            1 => None,
            _ => self.by_captions(),
        };
        let mut groups = split.or(whole).unwrap_or_default();
        if let ([group], [_]) = (groups.as_mut_slice(), self.captions) {
            group.caption = Some(0);
        }
        groups
    }

    fn not_specks(&self) -> Vec<bool> {
        let specks = self.apart(SPECK_GAP, |cluster| {
            cluster.largest_side < SPECK_SIDE * self.side && cluster.pixels < SPECK_INK * self.ink
        });
        let strays = self.apart(STRAY_GAP, |cluster| {
            f64::from(cluster.bounds.long_side()) < STRAY_SIDE * self.side
                && cluster.pixels < STRAY_INK * self.ink
        });
        let either = specks.into_iter().zip(strays);
        either.map(|(speck, stray)| !(speck || stray)).collect()
    }

    /// For each blob, what is said of all the blobs that hang together over gaps up to this part
    /// of the long side.
    fn apart(&self, gap: f64, is_so: impl Fn(&Cluster) -> bool) -> Vec<bool> {
        let list = &self.blobs.list;
        let mut sets = Sets::new(list.len());
        for between in &self.blobs.gaps {
            if f64::from(between.pixels) <= gap * self.side {
                sets.join(between.a, between.b);
            }
        }
        let (numbers, count) = sets.numbered();
        let mut clusters: Vec<Option<Cluster>> = vec![None; count];
        for (blob, &number) in list.iter().zip(&numbers) {
            let slot = &mut clusters[number as usize];
            let before = slot.unwrap_or(Cluster {
                bounds: blob.bounds,
                pixels: 0.0,
                largest_side: 0.0,
            });
            let side = f64::from(blob.bounds.long_side());
            *slot = Some(Cluster {
                bounds: before.bounds.union(&blob.bounds),
                pixels: before.pixels + blob.pixels as f64,
                largest_side: before.largest_side.max(side),
            });
        }
        numbers
            .iter()
            .map(|&number| clusters[number as usize].as_ref().is_some_and(&is_so))
            .collect()
    }

    fn is_substantial(&self, pixels: u64, bounds: Rect) -> bool {
        pixels as f64 >= FIGURE_INK * self.ink
            || f64::from(bounds.long_side()) >= FIGURE_SIDE * self.side
    }

    /// Groups by a number for each blob.
    fn grouped(&self, number: &[u32], count: usize) -> Option<Vec<Group>> {
        let mut groups: Vec<Option<Group>> = vec![None; count];
        for (index, blob) in self.blobs.list.iter().enumerate() {
            if !self.kept[index] {
                continue;
            }
            let slot = groups.get_mut(number[index] as usize)?;
            match slot {
                Some(group) => {
                    group.bounds = group.bounds.union(&blob.bounds);
                    group.blobs.push(index as u32);
                }
                None => {
                    *slot = Some(Group {
                        blobs: vec![index as u32],
                        bounds: blob.bounds,
                        caption: None,
                    });
                }
            }
        }
        groups.into_iter().collect()
    }

    fn by_captions(&self) -> Option<Vec<Group>> {
        let sides = Turn::ALL.map(Some).into_iter().chain([None]);
        sides
            .filter_map(|side| self.with_captions_at(side))
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, groups)| groups)
    }

    /// The figures if they lie on one side of their captions: above them for [`Turn::None`], to
    /// the right for [`Turn::Clockwise`], and so on; at any side for none. With what speaks
    /// against it.
    fn with_captions_at(&self, side: Option<Turn>) -> Option<(f64, Vec<Group>)> {
        let mut seeds = vec![None; self.blobs.list.len()];
        let mut way = 0.0;
        for (index, caption) in self.captions.iter().enumerate() {
            let (blob, distance) = self.anchor(caption, side)?;
            if seeds[blob as usize].replace(index as u32).is_some() {
                return None;
            }
            way += distance / self.side;
        }
        let forest = Forest::grown(self.blobs, &seeds, &self.kept)?;
        let mut groups = self.grouped(&forest.numbers, self.captions.len())?;
        for (index, group) in groups.iter_mut().enumerate() {
            if !self.is_substantial(self.pixels(group), group.bounds) {
                return None;
            }
            group.caption = Some(index);
        }
        let overlaps = overlaps(&groups);
        if overlaps.iter().any(|&overlap| overlap > MAX_OVERLAP) {
            return None;
        }
        let overlaps: f64 = overlaps.iter().sum();
        // A gap within a figure that is wider than the one between two figures.
        let excess =
            (f64::from(forest.widest_inside) - f64::from(forest.narrowest_between)).max(0.0);
        Some((way + 2.0 * overlaps + 2.0 * excess / self.side, groups))
    }

    fn pixels(&self, group: &Group) -> u64 {
        let blobs = group.blobs.iter();
        blobs
            .map(|&blob| self.blobs.list[blob as usize].pixels)
            .sum()
    }

    /// The blob that a caption stands by, and how far from it.
    fn anchor(&self, caption: &Found, side: Option<Turn>) -> Option<(u32, f64)> {
        let distances = match side {
            Some(side) => {
                let direction = caption.turn.inverse().then(side);
                self.blobs.distances_towards(caption.bounds, direction)
            }
            None => self.blobs.distances(caption.bounds),
        };
        self.blobs
            .list
            .iter()
            .enumerate()
            .filter(|&(index, blob)| {
                self.kept[index] && self.is_substantial(blob.pixels, blob.bounds)
            })
            .map(|(index, _)| (distances[index], index as u32))
            .filter(|&(distance, _)| distance < u32::MAX)
            .min()
            .map(|(distance, index)| (index, f64::from(distance)))
    }

    /// Parts the sheet where the white is so wide that one figure is unlikely.
    fn by_white_space(&self) -> Option<Vec<Group>> {
        let mut sets = Sets::new(self.blobs.list.len());
        let narrow = BARE_GAP * self.side;
        for gap in &self.blobs.gaps {
            if f64::from(gap.pixels) < narrow {
                sets.join(gap.a, gap.b);
            }
        }
        let (numbers, count) = sets.numbered();
        let groups = self.grouped(&numbers, count)?;
        let are_figures = groups.iter().all(|group| {
            f64::from(group.bounds.long_side()) >= BARE_SIDE * self.side
                && self.pixels(group) as f64 >= BARE_INK * self.ink
        });
        let keep_apart = overlaps(&groups).iter().all(|&overlap| overlap == 0.0);
        (are_figures && keep_apart).then_some(groups)
    }
}

/// How much of the smaller box the other covers, for every two groups.
fn overlaps(groups: &[Group]) -> Vec<f64> {
    let pairs = groups.iter().enumerate().flat_map(|(index, group)| {
        let later = groups[index + 1..].iter();
        later.map(move |other| overlap(group.bounds, other.bounds))
    });
    pairs.collect()
}

/// How much of the smaller box the other covers.
fn overlap(a: Rect, b: Rect) -> f64 {
    let shared = a.intersection(&b).map_or(0, |shared| shared.area());
    shared as f64 / a.area().min(b.area()) as f64
}

/// Blobs joined over the narrowest gaps, each tree from one seed.
struct Forest {
    /// The seed of each blob.
    numbers: Vec<u32>,
    /// Widest gap over which a tree was joined, in pixels.
    widest_inside: u32,
    /// Narrowest gap between two trees, in pixels.
    narrowest_between: u32,
}

impl Forest {
    /// None when some blob is reached from no seed.
    fn grown(blobs: &Blobs, seeds: &[Option<u32>], kept: &[bool]) -> Option<Self> {
        let mut sets = Sets::new(seeds.len());
        let mut seeds = seeds.to_vec();
        let (mut widest_inside, mut narrowest_between) = (0, u32::MAX);
        for gap in &blobs.gaps {
            let (a, b) = (sets.root(gap.a), sets.root(gap.b));
            let (seed_a, seed_b) = (seeds[a as usize], seeds[b as usize]);
            let counts = kept[gap.a as usize] && kept[gap.b as usize];
            if a == b {
                continue;
            }
            if seed_a.is_some() && seed_b.is_some() {
                if counts {
                    narrowest_between = narrowest_between.min(gap.pixels);
                }
                continue;
            }
            let joined = sets.join(a, b);
            seeds[joined as usize] = seed_a.or(seed_b);
            if counts {
                widest_inside = widest_inside.max(gap.pixels);
            }
        }
        let numbers = (0..seeds.len() as u32)
            .map(|index| seeds[sets.root(index) as usize])
            .collect::<Option<_>>()?;
        Some(Self {
            numbers,
            widest_inside,
            narrowest_between,
        })
    }
}
