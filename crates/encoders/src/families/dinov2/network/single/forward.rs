//! The forward pass over a batch of images.
//!
//! Rows are tokens, one image after another. A layer is two parallel steps: the keys and
//! values of each head are packed; then tasks of a few dozen rows of one image do everything
//! else, from attention to the next layer's queries, keys and values, while their rows are in
//! cache. Each row's arithmetic is the same wherever the tasks are cut, so results depend
//! neither on the batch nor on the number of threads.

use std::sync::{Mutex, PoisonError};

use lookalike_imaging::RgbImage;
use lookalike_kernels::{
    AttentionScratch, Epilogue, Isa, Matrix, MatrixMut, PackedHead, PackedLinear, attend,
    layer_norm, linear, swiglu,
};
use rayon::prelude::*;

use super::Body;
use super::patches::unfold;
use crate::families::dinov2::config::{Config, Mlp};
use crate::families::dinov2::network::{Frame, Layer, Norm, Output, Picture, Start, stride};

/// Most rows of a task: as many as share a panel of weights in the matrix product.
const MOST_ROWS: usize = 96;

/// Values in a task's widest buffer. 1.5 MB of f32 stay in the 2 MB of L2 of current servers.
const WIDE_BUDGET: usize = 400_000;

/// Tasks per thread and step: enough to even out threads that are held up, few enough that
/// weights are read seldom.
const TASKS_PER_THREAD: usize = 8;

/// Memory of a forward pass, to be reused between calls.
#[derive(Default)]
pub(in crate::families::dinov2::network) struct Workspace {
    /// The tokens.
    x: Vec<f32>,
    /// Queries, keys and values of the tokens.
    qkv: Vec<f32>,
    /// Packed keys and values, by image and head.
    heads: Vec<f32>,
    /// By thread.
    tasks: Vec<Mutex<TaskMemory>>,
}

impl Workspace {
    pub(in crate::families::dinov2::network) fn bytes(&self) -> usize {
        (self.x.capacity() + self.qkv.capacity() + self.heads.capacity()) * size_of::<f32>()
    }
}

#[derive(Default)]
struct TaskMemory {
    /// Rows as wide as a token: layer norms, attention.
    narrow: Vec<f32>,
    /// Rows as wide as the feed-forward half, or as a patch.
    wide: Vec<f32>,
    attention: AttentionScratch,
}

/// Rows of one image that are worked on together.
struct Task<'a> {
    picture: usize,
    /// Index of the first row among the image's tokens.
    first: usize,
    rows: usize,
    x: &'a mut [f32],
    qkv: &'a mut [f32],
}

impl Body {
    /// See [`crate::families::dinov2::network::Network::forward`].
    pub(in crate::families::dinov2::network) fn forward(
        &self,
        frame: &Frame,
        images: &[&RgbImage],
        output: Output,
        workspace: &mut Workspace,
    ) -> Vec<Vec<f32>> {
        let forward = Forward {
            body: self,
            frame,
            config: &frame.config,
            isa: frame.isa,
        };
        forward.run(images, output, workspace)
    }
}

/// A forward pass under way.
#[derive(Clone, Copy)]
struct Forward<'a> {
    body: &'a Body,
    frame: &'a Frame,
    config: &'a Config,
    isa: Isa,
}

impl Forward<'_> {
    fn run(
        &self,
        images: &[&RgbImage],
        output: Output,
        workspace: &mut Workspace,
    ) -> Vec<Vec<f32>> {
        let pictures: Vec<_> = images
            .iter()
            .map(|image| self.frame.picture(image))
            .collect();
        let rows: usize = pictures.iter().map(|picture| picture.tokens).sum();
        let (x_stride, qkv_stride) = (self.x_stride(), self.qkv_stride());
        let Workspace {
            x,
            qkv,
            heads,
            tasks: memory,
        } = workspace;
        x.resize(rows * x_stride, 0.0);
        qkv.resize(rows * qkv_stride, 0.0);
        heads.resize(
            pictures
                .iter()
                .map(|picture| self.heads_length(picture.tokens))
                .sum(),
            0.0,
        );
        memory.resize_with(rayon::current_num_threads(), Mutex::default);

        let most_rows = self.most_rows(rows);
        let all = |_: usize| usize::MAX;
        run(
            self.tasks(&pictures, x, qkv, most_rows, all),
            memory,
            |mut task, memory| {
                self.embed_patches(&pictures[task.picture], &mut task, memory);
                self.project_qkv(&self.body.layers[0], &mut task, memory);
            },
        );
        for (index, layer) in self.body.layers.iter().enumerate() {
            self.pack_heads(&pictures, qkv, heads);
            let next = self.body.layers.get(index + 1);
            let wanted = |_| {
                if next.is_none() && output == Output::Class {
                    1
                } else {
                    usize::MAX
                }
            };
            let heads = self.split_heads(&pictures, heads);
            run(
                self.tasks(&pictures, x, qkv, most_rows, wanted),
                memory,
                |mut task, memory| {
                    let picture = (&pictures[task.picture], heads[task.picture]);
                    self.attention_half(layer, picture, &mut task, memory);
                    self.feed_forward_half(layer, &mut task, memory);
                    if let Some(next) = next {
                        self.project_qkv(next, &mut task, memory);
                    }
                },
            );
        }
        let mut rest = &x[..];
        pictures
            .iter()
            .map(|picture| {
                let (tokens, others) = rest.split_at(picture.tokens * x_stride);
                rest = others;
                self.frame.final_tokens(tokens, x_stride, output)
            })
            .collect()
    }

    /// Cuts the first `wanted` rows of each picture into tasks of at most `most_rows`.
    fn tasks<'a>(
        &self,
        pictures: &[Picture<'_>],
        mut x: &'a mut [f32],
        mut qkv: &'a mut [f32],
        most_rows: usize,
        wanted: impl Fn(usize) -> usize,
    ) -> Vec<Task<'a>> {
        let (x_stride, qkv_stride) = (self.x_stride(), self.qkv_stride());
        let mut tasks = Vec::new();
        for (picture, Picture { tokens, .. }) in pictures.iter().enumerate() {
            let (own_x, rest_x) = x.split_at_mut(tokens * x_stride);
            let (own_qkv, rest_qkv) = qkv.split_at_mut(tokens * qkv_stride);
            (x, qkv) = (rest_x, rest_qkv);
            let wanted = wanted(picture).min(*tokens);
            let rows = wanted.div_ceil(wanted.div_ceil(most_rows));
            let parts = own_x
                .chunks_mut(rows * x_stride)
                .zip(own_qkv.chunks_mut(rows * qkv_stride));
            for (index, (x, qkv)) in parts
                .enumerate()
                .take_while(|(index, _)| index * rows < wanted)
            {
                let first = index * rows;
                tasks.push(Task {
                    picture,
                    first,
                    rows: rows.min(wanted - first),
                    x,
                    qkv,
                });
            }
        }
        tasks
    }

    fn most_rows(&self, rows: usize) -> usize {
        let widest = self
            .body
            .layers
            .iter()
            .map(|layer| layer.expand.1.outputs())
            .max()
            .unwrap_or(1);
        let most = (WIDE_BUDGET / widest).clamp(24, MOST_ROWS);
        match rayon::current_num_threads() {
            1 => most,
            threads => rows.div_ceil(threads * TASKS_PER_THREAD).clamp(12, most),
        }
    }

    /// The tokens of a task before the first layer.
    fn embed_patches(&self, picture: &Picture<'_>, task: &mut Task<'_>, memory: &mut TaskMemory) {
        let dim = self.config.hidden_size;
        let x_stride = self.x_stride();
        let inputs = self.body.patch_embedding.inputs();
        let input_stride = stride(inputs);
        memory.wide.resize(task.rows * input_stride, 0.0);
        let mut patches = 0;
        for (token, x) in (task.first..).zip(task.x.chunks_mut(x_stride)) {
            let start = match self.frame.start(picture, token) {
                Start::Leading(values) => values,
                Start::Patch(index, position) => {
                    let out = &mut memory.wide[patches * input_stride..][..inputs];
                    let patch = self.config.patch_size;
                    unfold(picture.image, patch, index, &self.body.levels, out);
                    patches += 1;
                    position
                }
            };
            x[..dim].copy_from_slice(start);
        }
        let x = &mut task.x[(task.rows - patches) * x_stride..];
        linear(
            Matrix::new(&memory.wide, patches, inputs, input_stride),
            &self.body.patch_embedding,
            Epilogue::BiasResidual,
            MatrixMut::new(x, patches, dim, x_stride),
        );
    }

    /// Queries, keys and values of a task's rows for `layer`.
    fn project_qkv(
        &self,
        layer: &Layer<(Norm, PackedLinear), PackedLinear>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory,
    ) {
        let (norm, qkv) = &layer.qkv;
        self.normalise(norm, task, memory);
        let (dim, rows) = (self.config.hidden_size, task.rows);
        linear(
            Matrix::new(&memory.narrow, rows, dim, self.x_stride()),
            qkv,
            Epilogue::Bias,
            MatrixMut::new(task.qkv, rows, 3 * dim, self.qkv_stride()),
        );
    }

    /// Layer norm of a task's rows into the narrow buffer.
    fn normalise(&self, norm: &Norm, task: &Task<'_>, memory: &mut TaskMemory) {
        let (dim, x_stride) = (self.config.hidden_size, self.x_stride());
        memory.narrow.resize(task.rows * x_stride, 0.0);
        let rows = task
            .x
            .chunks(x_stride)
            .zip(memory.narrow.chunks_mut(x_stride));
        for (x, out) in rows.take(task.rows) {
            self.normalise_row(norm, &x[..dim], &mut out[..dim]);
        }
    }

    fn normalise_row(&self, norm: &Norm, x: &[f32], out: &mut [f32]) {
        layer_norm(
            self.isa,
            x,
            &norm.gain,
            &norm.bias,
            self.config.layer_norm_eps,
            out,
        );
    }

    fn pack_heads(&self, pictures: &[Picture<'_>], qkv: &[f32], heads: &mut [f32]) {
        let (dim, count) = (self.config.hidden_size, self.config.heads);
        let (size, qkv_stride) = (dim / count, self.qkv_stride());
        let mut jobs = Vec::with_capacity(pictures.len() * count);
        let (mut rest, mut rows) = (heads, qkv);
        for picture in pictures {
            let length = PackedHead::length(self.isa, picture.tokens, size);
            for head in 0..count {
                let (memory, others) = rest.split_at_mut(length);
                rest = others;
                jobs.push((rows, picture.tokens, head, memory));
            }
            rows = &rows[picture.tokens * qkv_stride..];
        }
        jobs.into_par_iter()
            .with_max_len(1)
            .for_each(|(qkv, tokens, head, memory)| {
                let block = |third| {
                    Matrix::new(&qkv[third * dim + head * size..], tokens, size, qkv_stride)
                };
                PackedHead::pack(self.isa, block(1), block(2), memory);
            });
    }

    /// The packed heads of each picture.
    fn split_heads<'a>(&self, pictures: &[Picture<'_>], mut heads: &'a [f32]) -> Vec<&'a [f32]> {
        let take = |picture: &Picture<'_>| {
            let (own, rest) = heads.split_at(self.heads_length(picture.tokens));
            heads = rest;
            own
        };
        pictures.iter().map(take).collect()
    }

    /// `x += scale * projection(attention(norm(x)))`
    fn attention_half(
        &self,
        layer: &Layer<(Norm, PackedLinear), PackedLinear>,
        (picture, heads): (&Picture<'_>, &[f32]),
        task: &mut Task<'_>,
        memory: &mut TaskMemory,
    ) {
        let (dim, count, rows) = (self.config.hidden_size, self.config.heads, task.rows);
        let (size, x_stride) = (dim / count, self.x_stride());
        let length = PackedHead::length(self.isa, picture.tokens, size);
        let scale = (size as f32).sqrt().recip();
        memory.narrow.resize(rows * x_stride, 0.0);
        for head in 0..count {
            let packed = &heads[head * length..][..length];
            attend(
                Matrix::new(&task.qkv[head * size..], rows, size, self.qkv_stride()),
                &PackedHead::new(self.isa, picture.tokens, size, packed),
                scale,
                &mut memory.attention,
                MatrixMut::new(&mut memory.narrow[head * size..], rows, size, x_stride),
            );
        }
        linear(
            Matrix::new(&memory.narrow, rows, dim, x_stride),
            &layer.projection,
            residual(layer.scale1.as_deref()),
            MatrixMut::new(task.x, rows, dim, x_stride),
        );
    }

    /// `x += scale * contract(activation(expand(norm(x))))`
    fn feed_forward_half(
        &self,
        layer: &Layer<(Norm, PackedLinear), PackedLinear>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory,
    ) {
        let (norm, expansion) = &layer.expand;
        self.normalise(norm, task, memory);
        let (dim, rows, x_stride) = (self.config.hidden_size, task.rows, self.x_stride());
        let hidden = self.config.mlp.hidden();
        let wide_stride = stride(expansion.outputs());
        let TaskMemory { narrow, wide, .. } = memory;
        wide.resize(rows * wide_stride, 0.0);
        let epilogue = match self.config.mlp {
            Mlp::Gelu { .. } => Epilogue::BiasGelu,
            Mlp::SwiGlu { .. } => Epilogue::Bias,
        };
        expand(
            Matrix::new(narrow, rows, dim, x_stride),
            expansion,
            epilogue,
            wide,
        );
        if let Mlp::SwiGlu { hidden } = self.config.mlp {
            for row in wide.chunks_mut(wide_stride) {
                let (gate, up) = row.split_at_mut(hidden);
                swiglu(self.isa, gate, &up[..hidden]);
            }
        }
        linear(
            Matrix::new(wide, rows, hidden, wide_stride),
            &layer.contract,
            residual(layer.scale2.as_deref()),
            MatrixMut::new(task.x, rows, dim, x_stride),
        );
    }

    fn heads_length(&self, tokens: usize) -> usize {
        let size = self.config.hidden_size / self.config.heads;
        PackedHead::length(self.isa, tokens, size) * self.config.heads
    }

    fn x_stride(&self) -> usize {
        stride(self.config.hidden_size)
    }

    fn qkv_stride(&self) -> usize {
        stride(3 * self.config.hidden_size)
    }
}

fn expand(x: Matrix<'_>, weights: &PackedLinear, epilogue: Epilogue<'_>, wide: &mut [f32]) {
    let outputs = weights.outputs();
    let out = MatrixMut::new(wide, x.rows(), outputs, stride(outputs));
    linear(x, weights, epilogue, out);
}

fn residual(scale: Option<&[f32]>) -> Epilogue<'_> {
    scale.map_or(Epilogue::BiasResidual, Epilogue::BiasScaleResidual)
}

/// Runs `work` on every task, in parallel, each with the memory of its thread.
fn run<'a>(
    tasks: Vec<Task<'a>>,
    memory: &[Mutex<TaskMemory>],
    work: impl Fn(Task<'a>, &mut TaskMemory) + Sync,
) {
    tasks.into_par_iter().with_max_len(1).for_each(|task| {
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut memory = memory[thread]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(task, &mut memory);
    });
}
