//! One vector of a picture's tokens: attention of a learnt query, the probe, and a feed-forward half.
//!
//! The query is the same for every picture, so a head's score for a token is one product with a vector
//! that is made when the model is loaded, `keys^T query`; and as values are linear, they are taken of
//! the mean of the tokens instead of its being taken of theirs. In f32, since it is a thousandth of
//! the work.

use lookalike_kernels::{
    Epilogue, Isa, Matrix, MatrixMut, PackedLinear, compiled_for, layer_norm, linear,
};

use crate::transformer::{Linear, Norm, project, project_gelu_tanh};

/// The tensors of it.
pub(super) struct Parts {
    pub(super) attention: Attention,
    pub(super) norm: Norm,
    pub(super) epsilon: f32,
    pub(super) expand: Linear,
    pub(super) contract: Linear,
}

/// The tensors of its attention, `torch.nn.MultiheadAttention`.
pub(super) struct Attention {
    pub(super) heads: usize,
    pub(super) probe: Vec<f32>,
    /// To queries, keys and values, in this order along the outputs.
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) projection: Linear,
}

/// It, packed.
pub(super) struct Pooling {
    isa: Isa,
    /// From a token to each head's score.
    scores: PackedLinear,
    /// From the mean of tokens to each head's values.
    values: Vec<PackedLinear>,
    projection: PackedLinear,
    norm: Norm,
    epsilon: f32,
    expand: PackedLinear,
    contract: PackedLinear,
}

impl Parts {
    pub(super) fn pack(self, isa: Isa) -> Pooling {
        let Attention {
            heads,
            probe,
            weight,
            bias,
            projection,
        } = self.attention;
        let width = probe.len();
        let size = width / heads;
        let row = |index: usize| &weight[index * width..][..width];
        let query = |index: usize| {
            let products = row(index).iter().zip(&probe);
            let sum: f64 = products.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            (sum + f64::from(bias[index])) / (size as f64).sqrt()
        };
        // A head's score for all keys' bias is the same for each token: softmax does not see it.
        let mut scores = Vec::with_capacity(heads * width);
        for head in 0..heads {
            let mut sum = vec![0.0_f64; width];
            for index in head * size..(head + 1) * size {
                let query = query(index);
                for (sum, &key) in sum.iter_mut().zip(row(width + index)) {
                    *sum += query * f64::from(key);
                }
            }
            scores.extend(sum.into_iter().map(|x| x as f32));
        }
        let values = |head: usize| {
            let first = 2 * width + head * size;
            let rows = &weight[first * width..][..size * width];
            PackedLinear::pack(isa, size, width, rows, Some(&bias[first..][..size]))
        };
        Pooling {
            isa,
            scores: PackedLinear::pack(isa, heads, width, &scores, None),
            values: (0..heads).map(values).collect(),
            projection: projection.packed(isa),
            norm: self.norm,
            epsilon: self.epsilon,
            expand: self.expand.packed(isa),
            contract: self.contract.packed(isa),
        }
    }
}

impl Pooling {
    /// The vector of a picture's final tokens.
    pub(super) fn pool(&self, tokens: &[f32]) -> Vec<f32> {
        let (heads, width) = (self.scores.outputs(), self.scores.inputs());
        let count = tokens.len() / width;
        let mut scores = vec![0.0; count * heads];
        linear(
            Matrix::new(tokens, count, width, width),
            &self.scores,
            Epilogue::Bias,
            MatrixMut::new(&mut scores, count, heads, heads),
        );
        let mut joined = Vec::with_capacity(width);
        let mut mean = vec![0.0; width];
        for (head, values) in self.values.iter().enumerate() {
            let of_head = || scores.iter().skip(head).step_by(heads);
            let most = of_head().copied().fold(f32::NEG_INFINITY, f32::max);
            let weights: Vec<f32> = of_head().map(|score| (score - most).exp()).collect();
            let sum: f32 = weights.iter().sum();
            compiled_for(self.isa, || {
                mean.fill(0.0);
                for (token, weight) in tokens.chunks(width).zip(&weights) {
                    let share = weight / sum;
                    for (mean, x) in mean.iter_mut().zip(token) {
                        *mean += share * x;
                    }
                }
            });
            joined.extend(project(values, &mean));
        }
        let mut pooled = project(&self.projection, &joined);
        let mut normal = vec![0.0; width];
        let Norm { gain, bias } = &self.norm;
        layer_norm(self.isa, &pooled, gain, bias, self.epsilon, &mut normal);
        let added = project(&self.contract, &project_gelu_tanh(&self.expand, &normal));
        pooled
            .iter_mut()
            .zip(added)
            .for_each(|(x, added)| *x += added);
        pooled
    }
}
