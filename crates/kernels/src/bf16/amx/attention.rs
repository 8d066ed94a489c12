//! Attention with products by tiles, between which the vector units weigh.
//!
//! Tile instructions take 8 to 16 cycles each, in which the vector units can do the weights of
//! a row, but only if these come between them in the program: the CPU does not look far enough
//! ahead. While the weights of a group of keys are made, the logits of the next group are
//! computed and half of the values of the batch before are gathered. A layer of 1370 tokens took
//! three quarters of the time that it took with groups of rows between groups of products.

use crate::amx::{Tiles, load, product, store, stream, zero};
use crate::bf16::attend_scratch::AttendScratch;
use crate::bf16::avx512::{
    BATCH_GROUPS, Head, Parts, Scratch, Weigher, settle, start, write_means,
};
use crate::bf16::heads::{Heads, ROW_GROUP};
use crate::bf16::tile::{BlockedMut, Tile};
use crate::features::avx512_bf16;
use crate::isa::Amx;

/// See [`crate::bf16::attend`], which has checked the shapes.
pub(in crate::bf16) fn attend(
    token: Amx,
    heads: Heads<'_>,
    first: usize,
    scratch: &mut AttendScratch,
    out: &mut BlockedMut<'_>,
) {
    let tiles = Tiles::configure(token);
    let scratch = scratch.blocks.get_or_insert_with(Scratch::boxed);
    // A head's keys and values stay in L2 while all queries go by.
    for number in 0..heads.heads() {
        let head = Head::new(heads, number);
        for group in 0..out.rows().div_ceil(ROW_GROUP) {
            // SAFETY: the token proves the features, `tiles` the configuration. The queries'
            // group and the head were checked to exist.
            unsafe {
                attend_group(&tiles, head, first / ROW_GROUP + group, scratch.parts());
                write_means(head, group, scratch.parts(), out);
            }
        }
    }
}

avx512_bf16! {
    /// Gathers the weighted values, and the weights, of the queries of group `queries`.
    ///
    /// # Safety
    /// The features of `Amx`; the group exists.
    unsafe fn attend_group(
        _tiles: &Tiles,
        head: Head<'_>,
        queries: usize,
        scratch: Parts<'_>,
    ) {
        // SAFETY: groups stay below `head.groups`; `Step` documents what it touches.
        unsafe {
            let queries = head.queries(queries);
            scratch.clear_sums();
            let logits = Logits::of(head, queries, 0, scratch);
            step::<true, false, true>(&logits, &Part::NONE, None);
            start(scratch, head.mask(0));
            for group in 0..head.groups {
                let mask = head.mask(group);
                let (turn, slot) = (group % 2, group % (2 * BATCH_GROUPS));
                let mut weigher = Weigher::new(scratch, turn, slot, mask);
                let weigh = Some(&mut weigher);
                if group + 1 < head.groups {
                    let logits = Logits::of(head, queries, group + 1, scratch);
                    if group < BATCH_GROUPS {
                        step::<true, false, true>(&logits, &Part::NONE, weigh);
                    } else {
                        let part = Part::of(head, group - BATCH_GROUPS, scratch);
                        step::<true, true, true>(&logits, &part, weigh);
                    }
                } else if group < BATCH_GROUPS {
                    step::<false, false, false>(&Logits::NONE, &Part::NONE, weigh);
                } else {
                    let part = Part::of(head, group - BATCH_GROUPS, scratch);
                    step::<false, true, false>(&Logits::NONE, &part, weigh);
                }
                let peak = weigher.peak();
                settle(scratch, turn, slot, mask, peak);
            }
            // The parts that no weights of later groups came between.
            if !head.groups.is_multiple_of(BATCH_GROUPS) {
                scratch.clear_weights(head.groups % (2 * BATCH_GROUPS));
            }
            let whole = head.groups.next_multiple_of(BATCH_GROUPS);
            for group in head.groups.saturating_sub(BATCH_GROUPS)..whole {
                let part = Part::of(head, group, scratch);
                step::<false, true, true>(&Logits::NONE, &part, None);
            }
        }
    }
}

/// A product of 32 queries and 32 keys, and the block of scratch that it goes to.
struct Logits {
    queries: *const Tile,
    keys: *const Tile,
    out: *mut f32,
}

impl Logits {
    const NONE: Self = Self {
        queries: std::ptr::null(),
        keys: std::ptr::null(),
        out: std::ptr::null_mut(),
    };

    /// # Safety
    /// The group exists.
    #[inline(always)]
    unsafe fn of(head: Head<'_>, queries: *const Tile, group: usize, scratch: Parts<'_>) -> Self {
        Self {
            queries,
            // SAFETY: the group exists, as promised.
            keys: unsafe { head.keys(group) },
            out: scratch.scores(group % 2),
        }
    }
}

/// Half of what is gathered of a batch of two groups: 32 columns of values.
struct Part {
    /// Whether nothing was gathered before.
    is_first: bool,
    weights: *const Tile,
    /// Of both groups.
    values: [*const Tile; BATCH_GROUPS],
    out: *mut f32,
}

impl Part {
    const NONE: Self = Self {
        is_first: true,
        weights: std::ptr::null(),
        values: [std::ptr::null(); BATCH_GROUPS],
        out: std::ptr::null_mut(),
    };

    /// The part whose turn it is `BATCH_GROUPS` groups after `group`.
    ///
    /// # Safety
    /// `group`, or the one before in its batch, exists. If the second group of the batch does
    /// not, its weights are zero.
    #[inline(always)]
    unsafe fn of(head: Head<'_>, group: usize, scratch: Parts<'_>) -> Self {
        let (half, first) = (group % BATCH_GROUPS, group - group % BATCH_GROUPS);
        let last = (first + 1).min(head.groups - 1);
        // SAFETY: both groups exist; a group has four tiles of values.
        unsafe {
            Self {
                is_first: first == 0,
                weights: scratch.weights(first % (2 * BATCH_GROUPS)),
                values: [head.values(first), head.values(last)].map(|tiles| tiles.add(half * 2)),
                out: scratch.gathered().add(half * 1024),
            }
        }
    }
}

/// What was gathered before, or zero.
macro_rules! gathered {
    ($tile:literal, $part:expr, $offset:literal) => {
        if $part.is_first {
            zero!($tile)
        } else {
            load!($tile, $part.out, $offset)
        }
    };
}

/// `$sum += $left * $right`
macro_rules! multiply {
    ($sum:literal, $left:literal, $right:literal) => {
        product!(tdpbf16ps, $sum, $left, $right)
    };
}

/// Computes `logits` if `SCORES`, gathers `part` if `GATHER`, and in between weighs 32 rows, of
/// which nothing is masked if `WHOLE`.
///
/// # Safety
/// The features of `Amx`, and configured tiles. Tiles that are read exist: four of queries and
/// of keys, four of weights, two of values in each group. Blocks that are written are 1024
/// numbers on boundaries of cache lines.
#[inline(always)]
unsafe fn step<const SCORES: bool, const GATHER: bool, const WHOLE: bool>(
    logits: &Logits,
    part: &Part,
    mut weigher: Option<&mut Weigher<'_>>,
) {
    let Logits { queries, keys, out } = *logits;
    // SAFETY: features, configuration and the tiles that are read are promised, and so are the
    // blocks that are written. Rows that are weighed are below 32.
    unsafe {
        macro_rules! row {
            ($row:literal) => {
                if let Some(weigher) = &mut weigher {
                    weigher.row::<WHOLE>($row);
                }
            };
        }
        macro_rules! scores {
            ($row:literal: $($tile:expr),*) => { if SCORES { $($tile;)* } row!($row); };
        }
        macro_rules! gather {
            ($row:literal: $($tile:expr),*) => { if GATHER { $($tile;)* } row!($row); };
        }
        // Chains of products through one accumulator, and stores right behind them, would wait.
        scores!(0: load!(4, queries, 0), stream!(6, keys, 0));
        scores!(1: zero!(0), multiply!(0, 4, 6));
        scores!(2: load!(5, queries, 2048), zero!(1));
        scores!(3: multiply!(1, 5, 6), stream!(7, keys, 2048));
        scores!(4: zero!(2), multiply!(2, 4, 7));
        scores!(5: load!(4, queries, 1024), zero!(3));
        scores!(6: stream!(6, keys, 1024), multiply!(3, 5, 7));
        scores!(7: multiply!(0, 4, 6), load!(5, queries, 3072));
        scores!(8: stream!(7, keys, 3072));
        scores!(9: multiply!(1, 5, 6));
        scores!(10: multiply!(2, 4, 7));
        scores!(11: store!(0, out, 0));
        scores!(12: multiply!(3, 5, 7));
        gather!(13: load!(4, part.weights, 0), gathered!(0, part, 0));
        scores!(14: store!(1, out, 2048));
        gather!(15: gathered!(1, part, 2048), load!(5, part.weights, 1024));
        scores!(16: store!(2, out, 1024));
        gather!(17: stream!(2, part.values[0], 0), multiply!(0, 4, 2));
        scores!(18: store!(3, out, 3072));
        gather!(19: multiply!(1, 5, 2), load!(6, part.weights, 2048));
        gather!(20: stream!(3, part.values[1], 0), load!(7, part.weights, 3072));
        gather!(21: multiply!(0, 6, 3), stream!(2, part.values[0], 1024));
        gather!(22: multiply!(1, 7, 3));
        gather!(23: store!(0, part.out, 0));
        gather!(24: gathered!(0, part, 1024), multiply!(0, 4, 2));
        gather!(25: store!(1, part.out, 2048));
        gather!(26: gathered!(1, part, 3072), stream!(3, part.values[1], 1024));
        gather!(27: multiply!(1, 5, 2));
        gather!(28: multiply!(0, 6, 3));
        gather!(29: multiply!(1, 7, 3));
        gather!(30: store!(0, part.out, 1024));
        gather!(31: store!(1, part.out, 3072));
    }
}
