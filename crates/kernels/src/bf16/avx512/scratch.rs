//! What attention keeps of 32 queries while the keys go by.

use std::marker::PhantomData;

use crate::bf16::tile::Tile;

/// Groups of 32 keys whose values are gathered together.
pub(in crate::bf16) const BATCH_GROUPS: usize = 2;

/// 29 KB: small, for it has to stay in L1 while keys and values go by.
#[derive(Debug)]
#[repr(C, align(64))]
pub(in crate::bf16) struct Scratch {
    /// 32 x 32 logits as 2 x 2 blocks of 16 x 16: of the group that is weighed and of the next
    /// one, by turns.
    pub(super) scores: [[f32; 1024]; 2],
    /// Two tiles for each group of two batches, one for 16 queries.
    pub(super) weights: [Tile; BATCH_GROUPS * 4],
    /// Sums of weighted values: two blocks of 32 x 32, for the halves of the head.
    pub(super) gathered: [f32; 2048],
    /// Sums of weights by query, spread over a vector: with and without the latest group.
    pub(super) sums: [[[f32; 16]; 32]; 2],
    /// By query: the bits of a bf16 one, less what the weights are relative to in steps of
    /// 2^(1/128).
    pub(super) offsets: [f32; 32],
}

/// The parts of a scratch, for kernels that read some while they write others: no part is
/// borrowed, all of them are.
#[derive(Clone, Copy)]
pub(in crate::bf16) struct Parts<'a> {
    scratch: *mut Scratch,
    borrow: PhantomData<&'a mut Scratch>,
}

impl Scratch {
    pub(in crate::bf16) fn boxed() -> Box<Self> {
        Box::new(Self {
            scores: [[0.0; 1024]; 2],
            weights: [Tile::ZERO; BATCH_GROUPS * 4],
            gathered: [0.0; 2048],
            sums: [[[0.0; 16]; 32]; 2],
            offsets: [0.0; 32],
        })
    }

    pub(in crate::bf16) fn parts(&mut self) -> Parts<'_> {
        Parts {
            scratch: self,
            borrow: PhantomData,
        }
    }
}

impl Parts<'_> {
    /// No values are gathered yet.
    pub(in crate::bf16) fn clear_gathered(self) {
        // SAFETY: the scratch is borrowed, and nobody holds a reference to this part.
        unsafe { (*self.scratch).gathered = [0.0; 2048] };
    }

    /// No weights are summed yet.
    pub(in crate::bf16) fn clear_sums(self) {
        // SAFETY: the scratch is borrowed, and nobody holds a reference to this part.
        unsafe { (*self.scratch).sums[1] = [[0.0; 16]; 32] };
    }

    /// No weights in a slot.
    pub(in crate::bf16) fn clear_weights(self, slot: usize) {
        for tile in [slot * 2, slot * 2 + 1] {
            // SAFETY: the scratch is borrowed, and nobody holds a reference to this part.
            unsafe { (*self.scratch).weights[tile] = Tile::ZERO };
        }
    }

    /// The block of logits of a turn, 0 or 1.
    #[inline(always)]
    pub(in crate::bf16) fn scores(self, turn: usize) -> *mut f32 {
        // SAFETY: the scratch is borrowed; the index is checked.
        unsafe { (&raw mut (*self.scratch).scores[turn]).cast() }
    }

    /// The two tiles of weights of a slot, and behind them those of the next slots.
    #[inline(always)]
    pub(in crate::bf16) fn weights(self, slot: usize) -> *mut Tile {
        assert!(slot < 2 * BATCH_GROUPS, "slot {slot}");
        // SAFETY: the scratch is borrowed; a slot has two of its tiles.
        unsafe {
            (&raw mut (*self.scratch).weights)
                .cast::<Tile>()
                .add(slot * 2)
        }
    }

    /// Two blocks of 32 x 32 sums of weighted values.
    #[inline(always)]
    pub(in crate::bf16) fn gathered(self) -> *mut f32 {
        // SAFETY: the scratch is borrowed.
        unsafe { (&raw mut (*self.scratch).gathered).cast() }
    }

    /// Sums of weights up to the latest group of a turn: 32 vectors.
    #[inline(always)]
    pub(super) fn sums(self, turn: usize) -> *mut f32 {
        // SAFETY: the scratch is borrowed; the index is checked.
        unsafe { (&raw mut (*self.scratch).sums[turn]).cast() }
    }

    /// What the weights of each of 32 queries are relative to.
    #[inline(always)]
    pub(super) fn offsets(self) -> *mut f32 {
        // SAFETY: the scratch is borrowed.
        unsafe { (&raw mut (*self.scratch).offsets).cast() }
    }

    /// The whole, for what runs rarely and alone.
    ///
    /// # Safety
    /// Nothing else reads or writes the scratch while the reference lives.
    pub(super) unsafe fn whole(&mut self) -> &mut Scratch {
        // SAFETY: the scratch is borrowed for longer than `self`; that nothing else uses it is
        // promised.
        unsafe { &mut *self.scratch }
    }
}
