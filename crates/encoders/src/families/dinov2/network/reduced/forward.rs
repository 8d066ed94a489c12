//! The forward pass over a batch of images.
//!
//! A layer is one parallel step: each task takes some rows of one image from attention to the
//! next layer's queries, keys and values while they are in cache. Those go to a second buffer,
//! since other tasks still read the first. Each row's arithmetic is the same wherever the tasks
//! are cut, so results depend neither on the batch nor on the number of threads.

use std::sync::{Mutex, PoisonError};

use lookalike_imaging::RgbImage;
use lookalike_kernels::bf16::{
    AttendScratch, Blocked, Heads, HeadsMut, Output as To, Tile, attend, linear,
};
use lookalike_kernels::{Matrix, MatrixMut};
use rayon::prelude::*;

use super::Body;
use super::patches::unfold;
use super::plan::{Part, parts};
use super::products::{Products, blocked};
use crate::families::dinov2::config::Mlp;
use crate::families::dinov2::network::{Frame, Layer, Output, Picture, Start, stride};

/// Memory of a forward pass, to be reused between calls.
pub(in crate::families::dinov2::network) struct Workspace<P: Products> {
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
    pub(in crate::families::dinov2::network) fn bytes(&self) -> usize {
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
}

impl<P: Products> Default for TaskMemory<P> {
    fn default() -> Self {
        Self {
            rows: P::Rows::default(),
            wide: Vec::new(),
            pixels: Vec::new(),
            attention: AttendScratch::default(),
        }
    }
}

/// Rows of one image that are worked on together.
struct Task<'a> {
    part: Part,
    x: &'a mut [f32],
    /// Where the queries, keys and values of the next layer go.
    heads: &'a mut [Tile],
}

impl<P: Products> Body<P> {
    /// See [`crate::families::dinov2::network::Network::forward`].
    pub(in crate::families::dinov2::network) fn forward(
        &self,
        frame: &Frame,
        images: &[&RgbImage],
        output: Output,
        workspace: &mut Workspace<P>,
    ) -> Vec<Vec<f32>> {
        Forward {
            body: self,
            frame,
            dim: frame.config.hidden_size,
            heads: frame.config.heads,
        }
        .run(images, output, workspace)
    }
}

/// A forward pass under way.
struct Forward<'a, P> {
    body: &'a Body<P>,
    frame: &'a Frame,
    dim: usize,
    heads: usize,
}

impl<P: Products> Forward<'_, P> {
    fn run(
        &self,
        images: &[&RgbImage],
        output: Output,
        workspace: &mut Workspace<P>,
    ) -> Vec<Vec<f32>> {
        let pictures: Vec<_> = images
            .iter()
            .map(|image| self.frame.picture(image))
            .collect();
        let tokens: Vec<_> = pictures.iter().map(|picture| picture.tokens).collect();
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
            self.embed_patches(&pictures[task.part.picture], task, memory);
            self.project_heads(&self.body.layers[0], task, memory);
        });
        for (index, layer) in self.body.layers.iter().enumerate() {
            let following = self.body.layers.get(index + 1);
            let mut work = self.tasks(&parts, x, next);
            if following.is_none() && output == Output::Class {
                work.retain(|task| task.part.first == 0);
                work.iter_mut().for_each(|task| task.part.rows = 1);
            }
            let heads = self.split_heads(&tokens, now);
            run(work, tasks, |task, memory| {
                self.attention_half(layer, heads[task.part.picture], task, memory);
                self.feed_forward_half(layer, task, memory);
                if let Some(following) = following {
                    self.project_heads(following, task, memory);
                }
            });
            std::mem::swap(&mut now, &mut next);
        }
        let mut rest = &*x;
        let final_tokens = |&tokens: &usize| {
            let (own, others) = rest.split_at(tokens * self.x_stride());
            rest = others;
            self.frame.final_tokens(own, self.x_stride(), output)
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

    /// The queries, keys and values of each picture.
    fn split_heads<'a>(&self, tokens: &[usize], mut tiles: &'a [Tile]) -> Vec<Heads<'a>> {
        let take = |&tokens: &usize| {
            let (own, rest) = tiles.split_at(self.heads_length(tokens));
            tiles = rest;
            Heads::new(own, tokens, self.heads)
        };
        tokens.iter().map(take).collect()
    }

    /// The tokens of a task before the first layer.
    fn embed_patches(
        &self,
        picture: &Picture<'_>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory<P>,
    ) {
        let (x_stride, embedding) = (self.x_stride(), &self.body.patch_embedding);
        let Part { first, rows, .. } = task.part;
        let leading = self.frame.leading_tokens().saturating_sub(first).min(rows);
        let TaskMemory { wide, pixels, .. } = memory;
        let mut patches = blocked(wide, rows - leading, embedding.inputs());
        pixels.resize(embedding.inputs(), 0);
        for (row, x) in task.x.chunks_mut(x_stride).take(rows).enumerate() {
            let start = match self.frame.start(picture, first + row) {
                Start::Leading(values) => values,
                Start::Patch(index, position) => {
                    unfold(picture.image, self.frame.config.patch_size, index, pixels);
                    patches.write_centred(self.body.variant, row - leading, pixels);
                    position
                }
            };
            x[..self.dim].copy_from_slice(start);
        }
        linear(
            Blocked::new(wide, rows - leading, embedding.inputs()),
            embedding,
            To::Residual {
                out: MatrixMut::new(
                    &mut task.x[leading * x_stride..],
                    rows - leading,
                    self.dim,
                    x_stride,
                ),
                scale: None,
            },
        );
    }

    /// Queries, keys and values of a task's rows for `layer`.
    fn project_heads(&self, layer: &Layer<P, P>, task: &mut Task<'_>, memory: &mut TaskMemory<P>) {
        let heads = HeadsMut::new(task.heads, task.part.rows, self.heads);
        let out = To::Heads(heads);
        let x = Matrix::new(task.x, task.part.rows, self.dim, self.x_stride());
        let epsilon = self.frame.config.layer_norm_eps;
        layer.qkv.of_norm(x, epsilon, &mut memory.rows, out);
    }

    /// `x += scale * projection(attention(norm(x)))`
    fn attention_half(
        &self,
        layer: &Layer<P, P>,
        heads: Heads<'_>,
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
            ..
        } = memory;
        let mixed = blocked(wide, count, self.dim);
        attend(self.body.variant, heads, first, attention, mixed);
        let mixed = Blocked::new(wide, count, self.dim);
        let out = self.residual(task, layer.scale1.as_deref());
        layer.projection.of(mixed, rows, out);
    }

    /// `x += scale * contract(activation(expand(norm(x))))`
    fn feed_forward_half(
        &self,
        layer: &Layer<P, P>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory<P>,
    ) {
        let (count, hidden) = (task.part.rows, self.frame.config.mlp.hidden());
        let TaskMemory { rows, wide, .. } = memory;
        let activated = blocked(wide, count, hidden);
        let out = match self.frame.config.mlp {
            Mlp::Gelu { .. } => To::Gelu(activated),
            Mlp::SwiGlu { .. } => To::SwiGlu(activated),
        };
        let x = Matrix::new(task.x, count, self.dim, self.x_stride());
        let epsilon = self.frame.config.layer_norm_eps;
        layer.expand.of_norm(x, epsilon, rows, out);
        let out = self.residual(task, layer.scale2.as_deref());
        layer
            .contract
            .of(Blocked::new(wide, count, hidden), rows, out);
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
        Heads::tile_count(rows, self.heads)
    }

    /// Numbers in the widest row of a task.
    fn widest(&self) -> usize {
        let hidden = self.frame.config.mlp.hidden();
        hidden.max(self.body.patch_embedding.inputs())
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
