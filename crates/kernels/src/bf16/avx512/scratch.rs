//! What attention keeps of 32 queries while the keys go by.

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

    /// No values are gathered yet.
    pub(in crate::bf16) fn clear_gathered(&mut self) {
        self.gathered.fill(0.0);
    }

    /// No weights are summed yet.
    pub(in crate::bf16) fn clear_sums(&mut self) {
        self.sums[1].fill([0.0; 16]);
    }

    /// The block of logits of a turn, 0 or 1.
    pub(in crate::bf16) fn scores(&mut self, turn: usize) -> *mut f32 {
        self.scores[turn].as_mut_ptr()
    }

    /// The two tiles of weights of a slot, and behind them those of the next slots.
    pub(in crate::bf16) fn weights(&mut self, slot: usize) -> *mut Tile {
        self.weights[slot * 2..].as_mut_ptr()
    }

    /// No weights in a slot.
    pub(in crate::bf16) fn clear_weights(&mut self, slot: usize) {
        self.weights[slot * 2..][..2].fill(Tile::ZERO);
    }

    pub(in crate::bf16) fn gathered(&mut self) -> *mut f32 {
        self.gathered.as_mut_ptr()
    }

    /// Sums of weights up to the latest group of a turn.
    pub(super) fn sums(&mut self, turn: usize) -> *mut f32 {
        self.sums[turn].as_flattened_mut().as_mut_ptr()
    }
}
