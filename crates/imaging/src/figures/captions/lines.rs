//! Rows of letter-sized pieces of ink that stand alone: where captions may be.
//!
//! Only geometry decides here, because it is cheap: pieces of similar height side by side, and no
//! other ink around them. A drawing has thousands of pieces of a letter's size, but hardly any
//! row of them stands free. What the letters are is left to the reader.

use super::super::SheetInk;
use super::super::Turn;
use super::super::rect::Rect;
use super::super::sets::Sets;
use super::places::Places;

/// Lowest letters in pixels; smaller ones are unreadable.
const MIN_HEIGHT: u32 = 10;
/// Highest letters: this part of the sheet's long side, or 80 px.
const MAX_HEIGHT_PART: u32 = 14;
const MAX_HEIGHT: u32 = 80;
/// More pieces of a letter's size with their centres in one bin are a texture. A bin of 64 px holds
/// no more than 14 of the smallest letters of a row that stands alone.
const CROWD: usize = 16;
/// White around a row, in eighths of its height, and where more rows than this have that much.
const WHITE: u32 = 1;
const MUCH_WHITE: u32 = 5;
const MANY_LINES: usize = 60;
/// How far apart letters of a word stand, and how far from it a number may, in heights.
const LETTER_GAP: f64 = 1.0;
const NUMBER_GAP: f64 = 3.0;
/// Letters of a row, two captions side by side included.
const LETTERS: std::ops::RangeInclusive<usize> = 2..=24;

/// A row of letters, in the frame of the sheet turned by `turn`.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The turn that makes the row horizontal.
    pub(super) turn: Turn,
    /// The box around its letters.
    pub(super) bounds: Rect,
    /// From the left.
    pub(super) letters: Vec<Letter>,
    /// Components of dots, dashes and underlines.
    pub(super) marks: Vec<u32>,
}

/// The end of a row.
#[derive(Clone, Copy, Debug)]
enum Side {
    Left,
    Right,
}

/// One letter of a row.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) bounds: Rect,
    /// Its pieces: one, or stem and dot.
    pub(super) components: Vec<u32>,
}

/// What is known of a sheet in one turned frame.
pub(super) struct Frame<'a> {
    sheet: &'a SheetInk,
    turn: Turn,
    boxes: Vec<Rect>,
    /// Whether a box has a letter's size and does not lie in a crowd.
    letters: Vec<bool>,
    places: Places,
}

impl<'a> Frame<'a> {
    /// The frame of `sheet` turned by `turn`; components that `is_kept` leaves out do not exist.
    pub(super) fn new(sheet: &'a SheetInk, turn: Turn, is_kept: &dyn Fn(usize) -> bool) -> Self {
        let (width, height) = (sheet.width, sheet.height);
        let max_height = (width.max(height) / MAX_HEIGHT_PART).max(MAX_HEIGHT);
        let boxes: Vec<Rect> = sheet
            .components
            .list
            .iter()
            .map(|component| component.bounds.turned(turn, width, height))
            .collect();
        let (turned_width, turned_height) = turn.sides(width, height);
        let small = boxes.iter().enumerate().filter(|&(index, bounds)| {
            bounds.height <= max_height && bounds.width <= 12 * max_height && is_kept(index)
        });
        let places = Places::new(turned_width, turned_height, small);
        let mut letters = vec![false; boxes.len()];
        for bin in places.bins() {
            let is_letter = |&(index, _, _): &(u32, u32, u32)| {
                let bounds = boxes[index as usize];
                (MIN_HEIGHT..=max_height).contains(&bounds.height)
                    && bounds.width <= 2 * bounds.height
            };
            let sized = bin.iter().filter(|place| is_letter(place));
            if sized.clone().count() <= CROWD {
                sized.for_each(|&(index, _, _)| letters[index as usize] = true);
            }
        }
        Self {
            sheet,
            turn,
            boxes,
            letters,
            places,
        }
    }

    /// Every row that stands alone; where there are many, as in a texture, only those with much
    /// white around.
    pub(super) fn lines(&self) -> Vec<Line> {
        let groups = self.groups();
        let with_white = |white: u32| -> Vec<Line> {
            let lines = groups.iter();
            lines.filter_map(|group| self.line(group, white)).collect()
        };
        let lines = with_white(WHITE);
        if lines.len() > MANY_LINES {
            return with_white(MUCH_WHITE);
        }
        lines
    }

    fn is_letter(&self, index: u32) -> bool {
        self.letters[index as usize]
    }

    /// Letters joined to their neighbours on the right.
    fn groups(&self) -> Vec<Vec<u32>> {
        let mut sets = Sets::new(self.boxes.len());
        let mut letters = Vec::new();
        for index in self.places.all() {
            if !self.is_letter(index) {
                continue;
            }
            letters.push(index);
            for other in self.beside(index, Side::Right, LETTER_GAP) {
                sets.join(index, other);
            }
        }
        letters.sort_unstable();
        let mut groups: std::collections::BTreeMap<u32, Vec<u32>> = Default::default();
        for letter in letters {
            groups.entry(sets.root(letter)).or_default().push(letter);
        }
        groups
            .into_values()
            .filter(|group| LETTERS.contains(&group.len()))
            .collect()
    }

    /// Letters that may stand beside a letter in its row, at most `reach` of its height away.
    fn beside(&self, index: u32, side: Side, reach: f64) -> impl Iterator<Item = u32> {
        let a = self.boxes[index as usize];
        let far = (f64::from(a.height) * reach * 2.2) as u32 + a.width + 2 * a.height;
        let middle = a.x + a.width / 2;
        let (start, end) = match side {
            Side::Left => (middle.saturating_sub(far), middle + 1),
            Side::Right => (middle, middle + far),
        };
        let around = Rect {
            x: start,
            y: a.y.saturating_sub(a.height),
            width: end - start,
            height: 3 * a.height,
        };
        self.places.centred_in(around).filter(move |&other| {
            let b = self.boxes[other as usize];
            let (left, right) = match side {
                Side::Left => (b, a),
                Side::Right => (a, b),
            };
            let (low, high) = (a.height.min(b.height), a.height.max(b.height));
            let shared = a.bottom().min(b.bottom()).saturating_sub(a.y.max(b.y));
            let gap = f64::from(right.x) - f64::from(left.right());
            other != index
                && self.is_letter(other)
                && 2 * right.x + right.width > 2 * left.x + left.width
                && f64::from(high) <= 2.2 * f64::from(low)
                && 2 * shared >= low
                && gap <= reach * f64::from(high)
                && gap >= -0.5 * f64::from(high)
        })
    }

    /// The row of a group of letters, if it stands alone and is straight. A number that stands
    /// further away belongs to it, unless there is other ink between.
    fn line(&self, group: &[u32], white: u32) -> Option<Line> {
        let mut heights: Vec<u32> = group
            .iter()
            .map(|&index| self.boxes[index as usize].height)
            .collect();
        heights.sort_unstable();
        // Letters with ascenders and descenders, but no two rows.
        let most = heights[heights.len() / 2] * 9 / 5;
        let row = self
            .row(group, white)
            .filter(|row| row.bounds.height <= most);
        let longer = self.with_numbers(group, most);
        let longer = (longer.len() > group.len())
            .then(|| self.row(&longer, white))
            .flatten();
        longer.or(row)
    }

    /// A group and the letters that stand further away at either end.
    fn with_numbers(&self, group: &[u32], most_height: u32) -> Vec<u32> {
        let mut longer = group.to_vec();
        for side in [Side::Left, Side::Right] {
            for _ in 0..3 {
                let reach = |index: &u32| {
                    let bounds = self.boxes[*index as usize];
                    match side {
                        Side::Left => i64::from(bounds.x),
                        Side::Right => -i64::from(bounds.right()),
                    }
                };
                let Some(&end) = longer.iter().min_by_key(|index| (reach(index), **index)) else {
                    break;
                };
                let next = self
                    .beside(end, side, NUMBER_GAP)
                    .filter(|other| !longer.contains(other))
                    .max_by_key(|index| (reach(index), *index));
                let Some(next) = next else { break };
                longer.push(next);
                let boxes = longer.iter().map(|&index| self.boxes[index as usize]);
                let is_straight = boxes
                    .reduce(|a, b| a.union(&b))
                    .is_some_and(|bounds| bounds.height <= most_height);
                if !is_straight {
                    longer.pop();
                    break;
                }
            }
        }
        longer
    }

    fn row(&self, group: &[u32], white: u32) -> Option<Line> {
        let boxes = group.iter().map(|&index| self.boxes[index as usize]);
        let bounds = boxes.reduce(|a, b| a.union(&b))?;
        let marks = self.marks(group, bounds);
        self.stands_alone(bounds, group, &marks, white).then(|| {
            let mut letters: Vec<Letter> = group
                .iter()
                .map(|&index| Letter {
                    bounds: self.boxes[index as usize],
                    components: vec![index],
                })
                .collect();
            letters.sort_unstable_by_key(|letter| (letter.bounds.x, letter.bounds.right()));
            Line {
                turn: self.turn,
                bounds,
                letters,
                marks,
            }
        })
    }

    /// Pieces in and around a row that are lower than letters.
    fn marks(&self, group: &[u32], bounds: Rect) -> Vec<u32> {
        let (width, height) = self.turn.sides(self.sheet.width, self.sheet.height);
        let around = bounds.grown(bounds.height * 2 / 5, width, height);
        let mut marks: Vec<u32> = self
            .places
            .centred_in(around)
            .filter(|index| {
                let mark = self.boxes[*index as usize];
                !group.contains(index)
                    && 2 * mark.height < bounds.height
                    && mark.width <= 2 * bounds.width
            })
            .collect();
        marks.sort_unstable();
        marks
    }

    /// Whether there is no other ink around a row.
    fn stands_alone(&self, bounds: Rect, group: &[u32], marks: &[u32], white: u32) -> bool {
        let (width, height) = self.turn.sides(self.sheet.width, self.sheet.height);
        let around = bounds
            .grown(bounds.height * white / 8, width, height)
            .turned(self.turn.inverse(), width, height);
        let own: u64 = group
            .iter()
            .chain(marks)
            .map(|&index| u64::from(self.sheet.components.list[index as usize].pixels))
            .sum();
        let there = self.sheet.ink.count(around);
        there <= own + own / 50
    }
}

impl Line {
    /// The same letters for a reader who stands at the other side.
    pub(super) fn upside_down(&self, sheet: &SheetInk) -> Self {
        let (width, height) = self.turn.sides(sheet.width, sheet.height);
        let over = |bounds: Rect| bounds.turned(Turn::Half, width, height);
        let turn = self.turn.then(Turn::Half);
        let letters = self.letters.iter().rev().map(|letter| Letter {
            bounds: over(letter.bounds),
            components: letter.components.clone(),
        });
        Self {
            turn,
            bounds: over(self.bounds),
            letters: letters.collect(),
            marks: self.marks.clone(),
        }
    }

    /// Joins dots to the stems under them.
    pub(super) fn with_dots(mut self, sheet: &SheetInk) -> Self {
        let height = self.bounds.height;
        let mut marks = Vec::new();
        for &mark in &self.marks {
            let bounds = sheet.components.list[mark as usize].bounds.turned(
                self.turn,
                sheet.width,
                sheet.height,
            );
            let centre = |bounds: Rect| 2 * bounds.x + bounds.width;
            let stem = self.letters.iter_mut().filter(|letter| {
                bounds.bottom() <= letter.bounds.y + height / 8
                    && bounds.width <= height / 2
                    && centre(letter.bounds).abs_diff(centre(bounds)) <= height
                    && bounds.bottom() + height / 2 >= letter.bounds.y
            });
            match stem.min_by_key(|letter| centre(letter.bounds).abs_diff(centre(bounds))) {
                Some(stem) => {
                    stem.bounds = stem.bounds.union(&bounds);
                    stem.components.push(mark);
                }
                None => marks.push(mark),
            }
        }
        self.marks = marks;
        let boxes = self.letters.iter().map(|letter| letter.bounds);
        self.bounds = boxes.reduce(|a, b| a.union(&b)).unwrap_or(self.bounds);
        self
    }
}
