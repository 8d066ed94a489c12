//! The forward pass over a batch of sequences.
//!
//! Rows are tokens, one sequence after another. A layer is two parallel steps: the keys and
//! values of each head are packed; then tasks of a few dozen rows of one sequence do everything
//! else, from attention to the next layer's queries, keys and values, while their rows are in
//! cache. Each row's arithmetic is the same wherever the tasks are cut, so results depend
//! neither on the batch nor on the number of threads.

use std::sync::{Mutex, PoisonError};

use lookalike_kernels::{
    AttentionScratch, Epilogue, Isa, Matrix, MatrixMut, PackedHead, PackedLinear, attend,
    attend_causally, linear, swiglu,
};
use rayon::prelude::*;

use super::patches::unfold;
use super::{Body, SingleLayer};
use crate::transformer::sequence::{Sequence, Start};
use crate::transformer::shape::{Mlp, Shape, Sight};
use crate::transformer::{Frame, Norm, Output, stride};

/// Most rows of a task: as many as share a panel of weights in the matrix product.
const MOST_ROWS: usize = 96;

/// Values in a task's widest buffer. 1.5 MB of f32 stay in the 2 MB of L2 of current servers.
const WIDE_BUDGET: usize = 400_000;

/// Tasks per thread and step: enough to even out threads that are held up, few enough that
/// weights are read seldom.
const TASKS_PER_THREAD: usize = 8;

/// Memory of a forward pass, to be reused between calls.
#[derive(Default)]
pub(in crate::transformer) struct Workspace {
    /// The tokens.
    x: Vec<f32>,
    /// Queries, keys and values of the tokens.
    qkv: Vec<f32>,
    /// Packed keys and values, by sequence and head.
    heads: Vec<f32>,
    /// By thread.
    tasks: Vec<Mutex<TaskMemory>>,
}

impl Workspace {
    pub(in crate::transformer) fn bytes(&self) -> usize {
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

/// Rows of one sequence that are worked on together.
struct Task<'a> {
    sequence: usize,
    /// Index of the first row among the sequence's tokens.
    first: usize,
    rows: usize,
    x: &'a mut [f32],
    qkv: &'a mut [f32],
}

impl Body {
    /// See [`crate::transformer::Network::forward`].
    pub(in crate::transformer) fn forward(
        &self,
        frame: &Frame,
        sequences: &[Sequence<'_>],
        output: Output,
        workspace: &mut Workspace,
    ) -> Vec<Vec<f32>> {
        let forward = Forward {
            body: self,
            frame,
            shape: &frame.shape,
            isa: frame.isa,
        };
        forward.run(sequences, output, workspace)
    }
}

/// A forward pass under way.
#[derive(Clone, Copy)]
struct Forward<'a> {
    body: &'a Body,
    frame: &'a Frame,
    shape: &'a Shape,
    isa: Isa,
}

impl Forward<'_> {
    fn run(
        &self,
        sequences: &[Sequence<'_>],
        output: Output,
        workspace: &mut Workspace,
    ) -> Vec<Vec<f32>> {
        let rows: usize = sequences.iter().map(Sequence::tokens).sum();
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
            sequences
                .iter()
                .map(|sequence| self.heads_length(sequence.tokens()))
                .sum(),
            0.0,
        );
        memory.resize_with(rayon::current_num_threads(), Mutex::default);

        let most_rows = self.most_rows(rows);
        let all = |_: usize| usize::MAX;
        run(
            self.tasks(sequences, x, qkv, most_rows, all),
            memory,
            |mut task, memory| {
                self.embed(&sequences[task.sequence], &mut task, memory);
                self.project_qkv(
                    &self.body.layers[0],
                    &sequences[task.sequence],
                    &mut task,
                    memory,
                );
            },
        );
        for (index, layer) in self.body.layers.iter().enumerate() {
            self.pack_heads(sequences, qkv, heads);
            let next = self.body.layers.get(index + 1);
            let wanted = |_| {
                if next.is_none() && output == Output::First {
                    1
                } else {
                    usize::MAX
                }
            };
            let heads = self.split_heads(sequences, heads);
            run(
                self.tasks(sequences, x, qkv, most_rows, wanted),
                memory,
                |mut task, memory| {
                    let sequence = (&sequences[task.sequence], heads[task.sequence]);
                    self.attention_half(layer, sequence, &mut task, memory);
                    self.feed_forward_half(layer, &mut task, memory);
                    if let Some(next) = next {
                        self.project_qkv(next, &sequences[task.sequence], &mut task, memory);
                    }
                },
            );
        }
        let mut rest = &x[..];
        sequences
            .iter()
            .map(|sequence| {
                let (tokens, others) = rest.split_at(sequence.tokens() * x_stride);
                rest = others;
                self.frame.leave(tokens, x_stride, output)
            })
            .collect()
    }

    /// Cuts the first `wanted` rows of each sequence into tasks of at most `most_rows`.
    fn tasks<'a>(
        &self,
        sequences: &[Sequence<'_>],
        mut x: &'a mut [f32],
        mut qkv: &'a mut [f32],
        most_rows: usize,
        wanted: impl Fn(usize) -> usize,
    ) -> Vec<Task<'a>> {
        let (x_stride, qkv_stride) = (self.x_stride(), self.qkv_stride());
        let mut tasks = Vec::new();
        for (sequence, tokens) in sequences.iter().map(Sequence::tokens).enumerate() {
            let (own_x, rest_x) = x.split_at_mut(tokens * x_stride);
            let (own_qkv, rest_qkv) = qkv.split_at_mut(tokens * qkv_stride);
            (x, qkv) = (rest_x, rest_qkv);
            let wanted = wanted(sequence).min(tokens);
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
                    sequence,
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
    fn embed(&self, sequence: &Sequence<'_>, task: &mut Task<'_>, memory: &mut TaskMemory) {
        let (width, x_stride) = (self.shape.width, self.x_stride());
        let patches = task.rows - sequence.ready(task.first, task.rows);
        if let (1.., Some(embedding)) = (patches, &self.body.patches) {
            let inputs = embedding.map.inputs();
            let input_stride = stride(inputs);
            memory.wide.resize(patches * input_stride, 0.0);
            let mut inputs_of = memory.wide.chunks_mut(input_stride);
            for (token, x) in (task.first..).zip(task.x.chunks_mut(x_stride)) {
                let start = match sequence.start(token) {
                    Start::Ready(values) => values,
                    Start::Patch(patch, position) => {
                        if let Some(out) = inputs_of.next() {
                            unfold(patch, &embedding.levels, &mut out[..inputs]);
                        }
                        position
                    }
                };
                x[..width].copy_from_slice(start);
            }
            let x = &mut task.x[(task.rows - patches) * x_stride..];
            linear(
                Matrix::new(&memory.wide, patches, inputs, input_stride),
                &embedding.map,
                Epilogue::BiasResidual,
                MatrixMut::new(x, patches, width, x_stride),
            );
        } else {
            for (token, x) in (task.first..).zip(task.x.chunks_mut(x_stride)) {
                if let Start::Ready(values) = sequence.start(token) {
                    x[..width].copy_from_slice(values);
                }
            }
        }
        let rows = task.rows * x_stride;
        self.frame
            .enter(&mut task.x[..rows], x_stride, &mut memory.narrow);
    }

    /// Queries, keys and values of a task's rows for `layer`.
    fn project_qkv(
        &self,
        layer: &SingleLayer,
        sequence: &Sequence<'_>,
        task: &mut Task<'_>,
        memory: &mut TaskMemory,
    ) {
        let (norm, qkv) = &layer.qkv;
        self.normalise(norm.as_ref(), task, memory);
        let (dim, rows) = (self.shape.width, task.rows);
        linear(
            Matrix::new(&memory.narrow, rows, dim, self.x_stride()),
            qkv,
            Epilogue::Bias,
            MatrixMut::new(task.qkv, rows, 3 * dim, self.qkv_stride()),
        );
        if let Some(rotation) = sequence.rotation() {
            let qkv = task.qkv.chunks_mut(self.qkv_stride()).take(rows);
            for (token, row) in (task.first..).zip(qkv) {
                rotation.turn(self.isa, token, &mut row[..2 * dim]);
            }
        }
    }

    /// A task's rows, behind a layer norm if there is one, into the narrow buffer.
    fn normalise(&self, norm: Option<&Norm>, task: &Task<'_>, memory: &mut TaskMemory) {
        let (dim, x_stride) = (self.shape.width, self.x_stride());
        memory.narrow.resize(task.rows * x_stride, 0.0);
        let rows = task
            .x
            .chunks(x_stride)
            .zip(memory.narrow.chunks_mut(x_stride));
        for (x, out) in rows.take(task.rows) {
            match norm {
                Some(norm) => self.frame.normalise(norm, &x[..dim], &mut out[..dim]),
                None => out[..dim].copy_from_slice(&x[..dim]),
            }
        }
    }

    fn pack_heads(&self, sequences: &[Sequence<'_>], qkv: &[f32], heads: &mut [f32]) {
        let (dim, count) = (self.shape.width, self.shape.heads);
        let (size, qkv_stride) = (dim / count, self.qkv_stride());
        let mut jobs = Vec::with_capacity(sequences.len() * count);
        let (mut rest, mut rows) = (heads, qkv);
        for tokens in sequences.iter().map(Sequence::tokens) {
            let length = PackedHead::length(self.isa, tokens, size);
            for head in 0..count {
                let (memory, others) = rest.split_at_mut(length);
                rest = others;
                jobs.push((rows, tokens, head, memory));
            }
            rows = &rows[tokens * qkv_stride..];
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

    /// The packed heads of each sequence.
    fn split_heads<'a>(&self, sequences: &[Sequence<'_>], mut heads: &'a [f32]) -> Vec<&'a [f32]> {
        let take = |sequence: &Sequence<'_>| {
            let (own, rest) = heads.split_at(self.heads_length(sequence.tokens()));
            heads = rest;
            own
        };
        sequences.iter().map(take).collect()
    }

    /// `x += scale * projection(attention(norm(x)))`
    fn attention_half(
        &self,
        layer: &SingleLayer,
        (sequence, heads): (&Sequence<'_>, &[f32]),
        task: &mut Task<'_>,
        memory: &mut TaskMemory,
    ) {
        let (dim, count, rows) = (self.shape.width, self.shape.heads, task.rows);
        let (size, x_stride) = (dim / count, self.x_stride());
        let tokens = sequence.tokens();
        let length = PackedHead::length(self.isa, tokens, size);
        let scale = (size as f32).sqrt().recip();
        memory.narrow.resize(rows * x_stride, 0.0);
        for head in 0..count {
            let packed = &heads[head * length..][..length];
            let queries = Matrix::new(&task.qkv[head * size..], rows, size, self.qkv_stride());
            let packed = PackedHead::new(self.isa, tokens, size, packed);
            let scratch = &mut memory.attention;
            let out = MatrixMut::new(&mut memory.narrow[head * size..], rows, size, x_stride);
            match self.shape.sight {
                Sight::All => attend(queries, &packed, scale, scratch, out),
                Sight::Before => {
                    attend_causally(queries, task.first, &packed, scale, scratch, out);
                }
            }
        }
        linear(
            Matrix::new(&memory.narrow, rows, dim, x_stride),
            &layer.projection,
            residual(layer.scale1.as_deref()),
            MatrixMut::new(task.x, rows, dim, x_stride),
        );
        if let Some([norm, _]) = &layer.behind {
            let x = &mut task.x[..rows * x_stride];
            self.frame
                .normalise_rows(norm, x, x_stride, &mut memory.narrow);
        }
    }

    /// `x += scale * contract(activation(expand(norm(x))))`
    fn feed_forward_half(&self, layer: &SingleLayer, task: &mut Task<'_>, memory: &mut TaskMemory) {
        let (norm, expansion) = &layer.expand;
        self.normalise(norm.as_ref(), task, memory);
        let (dim, rows, x_stride) = (self.shape.width, task.rows, self.x_stride());
        let hidden = self.shape.mlp.hidden();
        let wide_stride = stride(expansion.outputs());
        let TaskMemory { narrow, wide, .. } = memory;
        wide.resize(rows * wide_stride, 0.0);
        let epilogue = match self.shape.mlp {
            Mlp::Gelu { .. } => Epilogue::BiasGelu,
            Mlp::GeluTanh { .. } => Epilogue::BiasGeluTanh,
            Mlp::QuickGelu { .. } => Epilogue::BiasSilu,
            Mlp::SwiGlu { .. } => Epilogue::Bias,
        };
        expand(
            Matrix::new(narrow, rows, dim, x_stride),
            expansion,
            epilogue,
            wide,
        );
        if let Mlp::SwiGlu { hidden } = self.shape.mlp {
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
        if let Some([_, norm]) = &layer.behind {
            let x = &mut task.x[..rows * x_stride];
            self.frame
                .normalise_rows(norm, x, x_stride, &mut memory.narrow);
        }
    }

    fn heads_length(&self, tokens: usize) -> usize {
        PackedHead::length(self.isa, tokens, self.shape.head_size()) * self.shape.heads
    }

    fn x_stride(&self) -> usize {
        stride(self.shape.width)
    }

    fn qkv_stride(&self) -> usize {
        stride(3 * self.shape.width)
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
