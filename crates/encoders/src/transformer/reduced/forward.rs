//! The forward pass over a batch of sequences.
//!
//! A layer is one parallel step: each task takes some rows of one sequence from attention to the
//! next layer's queries, keys and values while they are in cache. Those go to a second buffer,
//! since other tasks still read the first. Each row's arithmetic is the same wherever the tasks
//! are cut, so results depend neither on the batch nor on the number of threads.

use std::sync::{Mutex, PoisonError};

use lookalike_kernels::bf16::{
    AttendScratch, Blocked, BlockedMut, Heads, HeadsMut, Output as To, PackedLinear, Tile, attend,
    linear,
};
use lookalike_kernels::{Matrix, MatrixMut};
use rayon::prelude::*;

use super::Body;
use super::patches::unfold;
use super::plain_attention::PlainAttention;
use super::plan::{Part, parts};
use super::products::{Products, blocked};
use crate::transformer::arithmetic::attends_in_tiles;
use crate::transformer::sequence::{Sequence, Start};
use crate::transformer::shape::{Mlp, Shape};
use crate::transformer::{Frame, Layer, Norm, Output, stride};

/// Memory of a forward pass, to be reused between calls.
pub(in crate::transformer) struct Workspace<P: Products> {
    /// The tokens.
    x: Vec<f32>,
    /// Queries, keys and values, of this layer and the next by turns.
    heads: [Vec<Tile>; 2],
    /// By thread.
    tasks: Vec<Mutex<TaskMemory<P>>>,
}

impl<P: Products> Default for Workspace<P> {
    fn default() -> Self {
        Self {
            x: Vec::new(),
            heads: Default::default(),
            tasks: Vec::new(),
        }
    }
}

impl<P: Products> Workspace<P> {
    pub(in crate::transformer) fn bytes(&self) -> usize {
        let [one, other] = &self.heads;
        self.x.capacity() * size_of::<f32>()
            + (one.capacity() + other.capacity()) * size_of::<Tile>()
    }
}

struct TaskMemory<P: Products> {
    /// Rows that are multiplied.
    rows: P::Rows,
    /// Rows as wide as the feed-forward half, or as a patch, or what attention mixed.
    wide: Vec<Tile>,
    /// The pixels of a patch.
    pixels: Vec<u8>,
    attention: AttendScratch,
    /// For heads that the tiles are not made for.
    plain_attention: PlainAttention,
    /// A row before it is normalised.
    narrow: Vec<f32>,
    /// Rows as they are, where no norm stands before a map.
    plain: Vec<Tile>,
}

impl<P: Products> Default for TaskMemory<P> {
    fn default() -> Self {
        Self {
            rows: P::Rows::default(),
            wide: Vec::new(),
            pixels: Vec::new(),
            attention: AttendScratch::default(),
            plain_attention: PlainAttention::default(),
            narrow: Vec::new(),
            plain: Vec::new(),
        }
    }
}

/// Rows of one sequence that are worked on together.
struct Task<'a> {
    part: Part,
    x: &'a mut [f32],
    /// Where the queries, keys and values of the next layer go.
    heads: &'a mut [Tile],
}

impl<P: Products> Body<P> {
    /// See [`crate::transformer::Network::forward`].
    pub(in crate::transformer) fn forward(
        &self,
        frame: &Frame,
        sequences: &[Sequence<'_>],
        output: Output,
        workspace: &mut Workspace<P>,
    ) -> Vec<Vec<f32>> {
        Forward {
            body: self,
            frame,
            shape: &frame.shape,
            dim: frame.shape.width,
            heads: frame.shape.heads,
            in_tiles: attends_in_tiles(&frame.shape),
        }
        .run(sequences, output, workspace)
    }
}

/// A forward pass under way.
struct Forward<'a, P> {
    body: &'a Body<P>,
    frame: &'a Frame,
    shape: &'a Shape,
    dim: usize,
    heads: usize,
    /// Whether attention goes by the kernels for tiles.
    in_tiles: bool,
}

impl<P: Products> Forward<'_, P> {
    fn run(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
        workspace: &mut Workspace<P>,
    ) -> Vec<Vec<f32>> {
        let tokens: Vec<_> = sequences.iter().map(Sequence::tokens).collect();
        let threads = rayon::current_num_threads();
        let parts = parts(&tokens, self.widest(), threads);
        let Workspace { x, heads, tasks } = workspace;
        let x = on_cache_line(x, tokens.iter().sum::<usize>() * self.x_stride());
        let tiles = tokens.iter().map(|&tokens| self.heads_length(tokens)).sum();
        let [now, next] = heads;
        now.resize(tiles, Tile::ZERO);
        next.resize(tiles, Tile::ZERO);
        tasks.resize_with(threads, Mutex::default);
        let (mut now, mut next) = (&mut now[..], &mut next[..]);

        run(self.tasks(&parts, x, now), tasks, |task, memory| {
            self.embed(&sequences[task.part.sequence], task, memory);
            let sequence = &sequences[task.part.sequence];
            self.project_heads(&self.body.layers[0], sequence, task, memory);
        });
        for (index, layer) in self.body.layers.iter().enumerate() {
            let following = self.body.layers.get(index + 1);
            let mut work = self.tasks(&parts, x, next);
            if following.is_none() && output == Output::First {
                work.retain(|task| task.part.first == 0);
                work.iter_mut().for_each(|task| task.part.rows = 1);
            }
            let heads = self.split_heads(&tokens, now);
            run(work, tasks, |task, memory| {
                let sequence = &sequences[task.part.sequence];
                let heads = heads[task.part.sequence];
                self.attention_half(layer, sequence, heads, task, memory);
                self.feed_forward_half(layer, task, memory);
                if let Some(following) = following {
                    self.project_heads(following, sequence, task, memory);
                }
            });
            std::mem::swap(&mut now, &mut next);
        }
        let mut rest = &*x;
        let final_tokens = |&tokens: &usize| {
            let (own, others) = rest.split_at(tokens * self.x_stride());
            rest = others;
            self.frame.leave(own, self.x_stride(), output)
        };
        tokens.iter().map(final_tokens).collect()
    }

    /// A task for each part, with the rows of it that it changes.
    fn tasks<'a>(
        &self,
        parts: &[Part],
        mut x: &'a mut [f32],
        mut heads: &'a mut [Tile],
    ) -> Vec<Task<'a>> {
        let task = |&part: &Part| {
            let (own_x, rest) = std::mem::take(&mut x).split_at_mut(part.rows * self.x_stride());
            x = rest;
            let (own_heads, rest) =
                std::mem::take(&mut heads).split_at_mut(self.heads_length(part.rows));
            heads = rest;
            Task {
                part,
                x: own_x,
                heads: own_heads,
            }
        };
        parts.iter().map(task).collect()
    }

    /// The queries, keys and values of each sequence, with its number of tokens.
    fn split_heads<'a>(&self, tokens: &[usize], mut tiles: &'a [Tile]) -> Vec<(usize, &'a [Tile])> {
        let take = |&tokens: &usize| {
            let (own, rest) = tiles.split_at(self.heads_length(tokens));
            tiles = rest;
            (tokens, own)
        };
        tokens.iter().map(take).collect()
    }

    /// The tokens of a task before the first layer.
    fn embed(&self, sequence: &Sequence<'_>, task: &mut Task<'_>, memory: &mut TaskMemory<P>) {
        let x_stride = self.x_stride();
        let Part { first, rows, .. } = task.part;
        let ready = sequence.ready(first, rows);
        if let (true, Some(embedding)) = (ready < rows, &self.body.patch_embedding) {
            let TaskMemory { wide, pixels, .. } = memory;
            let mut patches = blocked(wide, rows - ready, embedding.inputs());
            pixels.resize(embedding.inputs(), 0);
            for (row, x) in task.x.chunks_mut(x_stride).take(rows).enumerate() {
                let start = match sequence.start(first + row) {
                    Start::Ready(values) => values,
                    Start::Patch(patch, position) => {
                        unfold(patch, pixels);
                        patches.write_centred(self.body.variant, row - ready, pixels);
                        position
                    }
                };
                x[..self.dim].copy_from_slice(start);
            }
            let x = &mut task.x[ready * x_stride..];
            linear(
                Blocked::new(wide, rows - ready, embedding.inputs()),
                embedding,
                To::Residual {
                    out: MatrixMut::new(x, rows - ready, self.dim, x_stride),
                    scale: None,
                },
            );
        } else {
            for (row, x) in task.x.chunks_mut(x_stride).take(rows).enumerate() {
                if let Start::Ready(values) = sequence.start(first + row) {
                    x[..self.dim].copy_from_slice(values);
                }
            }
        }
        let rows = rows * x_stride;
        self.frame
            .enter(&mut task.x[..rows], x_stride, &mut memory.narrow);
    }

    /// Queries, keys and values of a task's rows for `layer`.
    fn project_heads(
        &self,
        layer: &Layer<P, P>,
        sequence: &Sequence<'_>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory<P>,
    ) {
        let Part {
            first, rows: count, ..
        } = task.part;
        let rows = count;
        let out = if self.in_tiles {
            To::Heads(HeadsMut::new(task.heads, rows, self.heads))
        } else {
            To::Blocked(BlockedMut::new(task.heads, rows, 3 * self.dim))
        };
        let x = Matrix::new(task.x, rows, self.dim, self.x_stride());
        let TaskMemory { rows, plain, .. } = memory;
        self.enter_map(layer.behind.is_none(), &layer.qkv, x, rows, plain, out);
        if let (true, Some(rotation)) = (self.in_tiles, sequence.rotation()) {
            let mut heads = HeadsMut::new(task.heads, count, self.heads);
            heads.turn(self.frame.isa, first, rotation.in_tiles());
        }
    }

    /// `x += scale * projection(attention(norm(x)))`
    fn attention_half(
        &self,
        layer: &Layer<P, P>,
        sequence: &Sequence<'_>,
        (tokens, heads): (usize, &[Tile]),
        task: &mut Task<'_>,
        memory: &mut TaskMemory<P>,
    ) {
        let Part {
            first, rows: count, ..
        } = task.part;
        let TaskMemory {
            rows,
            wide,
            attention,
            plain_attention,
            ..
        } = memory;
        let mixed = blocked(wide, count, self.dim);
        if self.in_tiles {
            let heads = Heads::new(heads, tokens, self.heads);
            attend(self.body.variant, heads, first, attention, mixed);
        } else {
            let qkv = Blocked::new(heads, tokens, 3 * self.dim);
            let rotation = sequence.rotation();
            plain_attention.attend(self.frame.isa, self.shape, rotation, qkv, first, mixed);
        }
        let mixed = Blocked::new(wide, count, self.dim);
        let out = self.residual(task, layer.scale1.as_deref());
        layer.projection.of(mixed, rows, out);
        if let Some([norm, _]) = &layer.behind {
            self.normalise_behind(norm, task, &mut memory.narrow);
        }
    }

    /// `x += scale * contract(activation(expand(norm(x))))`
    fn feed_forward_half(
        &self,
        layer: &Layer<P, P>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory<P>,
    ) {
        let (count, hidden) = (task.part.rows, self.shape.mlp.hidden());
        let TaskMemory {
            rows, wide, plain, ..
        } = memory;
        let activated = blocked(wide, count, hidden);
        let out = match self.shape.mlp {
            Mlp::Gelu { .. } | Mlp::GeluTanh { .. } => To::Gelu(activated),
            Mlp::QuickGelu { .. } => To::Silu(activated),
            Mlp::SwiGlu { .. } => To::SwiGlu(activated),
        };
        let x = Matrix::new(task.x, count, self.dim, self.x_stride());
        self.enter_map(layer.behind.is_none(), &layer.expand, x, rows, plain, out);
        let out = self.residual(task, layer.scale2.as_deref());
        layer
            .contract
            .of(Blocked::new(wide, count, hidden), rows, out);
        if let Some([_, norm]) = &layer.behind {
            self.normalise_behind(norm, task, &mut memory.narrow);
        }
    }

    /// `out = map(norm(x))`, or `map(x)` where the norm stands elsewhere.
    fn enter_map(
        &self,
        is_normed: bool,
        map: &P,
        x: Matrix<'_>,
        rows: &mut P::Rows,
        plain: &mut Vec<Tile>,
        out: To<'_>,
    ) {
        if is_normed {
            map.of_norm(x, self.shape.layer_norm_eps, rows, out);
        } else {
            let (count, columns) = (x.rows(), x.columns());
            blocked(plain, count, columns).write_rows(self.frame.isa, x);
            map.of(Blocked::new(plain, count, columns), rows, out);
        }
    }

    fn normalise_behind(&self, norm: &Norm, task: &mut Task<'_>, narrow: &mut Vec<f32>) {
        let x = &mut task.x[..task.part.rows * self.x_stride()];
        self.frame.normalise_rows(norm, x, self.x_stride(), narrow);
    }

    fn residual<'a>(&self, task: &'a mut Task<'_>, scale: Option<&'a [f32]>) -> To<'a> {
        To::Residual {
            out: MatrixMut::new(task.x, task.part.rows, self.dim, self.x_stride()),
            scale,
        }
    }

    fn x_stride(&self) -> usize {
        stride(self.dim)
    }

    fn heads_length(&self, rows: usize) -> usize {
        if self.in_tiles {
            Heads::tile_count(rows, self.heads)
        } else {
            Blocked::tile_count(rows, 3 * self.dim)
        }
    }

    /// Numbers in the widest row of a task.
    fn widest(&self) -> usize {
        let patch = self.body.patch_embedding.as_ref();
        let hidden = self.shape.mlp.hidden();
        hidden.max(patch.map_or(0, PackedLinear::inputs))
    }
}

/// `length` numbers of `buffer`, which grows to hold them, from the start of a cache line on:
/// kernels add to whole lines.
fn on_cache_line(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    const LINE: usize = 64;
    let needed = length + LINE / size_of::<f32>();
    if buffer.len() < needed {
        buffer.resize(needed, 0.0);
    }
    let start = buffer
        .as_ptr()
        .align_offset(LINE)
        .min(LINE / size_of::<f32>());
    &mut buffer[start..][..length]
}

/// Runs `work` on every task, in parallel, each with the memory of its thread.
fn run<P: Products>(
    tasks: Vec<Task<'_>>,
    memory: &[Mutex<TaskMemory<P>>],
    work: impl Fn(&mut Task<'_>, &mut TaskMemory<P>) + Sync,
) {
    tasks.into_par_iter().with_max_len(1).for_each(|mut task| {
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut memory = memory[thread]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(&mut task, &mut memory);
    });
}
