//! Attention.

use lookalike_encoders::DeviceError;
use wgpu::ComputePipeline;

use super::{Number, with_numbers, word};
use crate::card::Card;
use crate::memory::Buffer;
use crate::work::Work;

const SHADER: &str = include_str!("../shaders/attention.wgsl");

/// Queries of a work group.
const QUERIES: usize = 64;

/// Keys and values that go through shared memory at a time, at most.
const MOST_KEYS: usize = 32;

/// Keys whose logits are weighed together.
const EIGHT: usize = 8;

/// Attention of heads of one size.
#[derive(Debug)]
pub(crate) struct Attention {
    pipeline: ComputePipeline,
    heads: usize,
    /// Values of a head, filled up.
    size: usize,
    scale: f32,
    is_causal: bool,
}

impl Attention {
    /// Of heads of `head_size` values that lie filled up to a multiple of four. `is_causal`: tokens
    /// see only themselves and those before them.
    ///
    /// # Errors
    /// The heads are too large for the card, or its driver refuses.
    pub(crate) fn load(
        card: &Card,
        number: Number,
        heads: usize,
        head_size: usize,
        is_causal: bool,
    ) -> Result<Self, DeviceError> {
        let fours = head_size.div_ceil(4);
        let key_bytes = 2 * fours * 4 * number.bytes();
        let keys = (card.shared_bytes / key_bytes).min(MOST_KEYS) / EIGHT * EIGHT;
        if keys == 0 {
            let detail = format!("{EIGHT} keys of {head_size} values in shared memory");
            return Err(card.memory.faults.memory(detail));
        }
        let dot: Vec<String> = (0..fours)
            .map(|i| format!("dot(q{i}, vec4<f32>(keys[k + {i}u]))"))
            .collect();
        let weighted: Vec<String> = (0..EIGHT)
            .map(|j| {
                let place = format!("tile + {j}u * SIZE + $iu");
                format!("e{j} * vec4<f32>(values[{place}])")
            })
            .collect();
        // Written out before the template repeats the line for each four of a head.
        let template = SHADER.replace("$VALUES", &weighted.join(" + "));
        let pipeline = card.kernel(
            ("attention", &with_numbers(&template, &[number])),
            &[
                ("T", number.name().to_owned()),
                ("SIZE", fours.to_string()),
                ("KEYS", keys.to_string()),
                ("TILE", (keys * fours).to_string()),
                ("DOT", dot.join(" + ")),
            ],
        )?;
        Ok(Self {
            pipeline,
            heads,
            size: fours * 4,
            scale: (head_size as f32).sqrt().recip(),
            is_causal,
        })
    }

    /// Values of all heads of a token, filled up.
    pub(crate) fn width(&self) -> usize {
        self.heads * self.size
    }

    /// Adds the blocks of queries of a sequence of `tokens` that begins at row `first`, as
    /// [`Attention::run`] reads them.
    pub(crate) fn blocks(first: usize, tokens: usize, blocks: &mut Vec<[u32; 4]>) {
        let starts = (0..tokens).step_by(QUERIES);
        blocks.extend(starts.map(|query| [word(first), word(tokens), word(query), 0]));
    }

    /// `results = softmax(queries * keys^T * scale) * values` of `count` blocks.
    pub(crate) fn run<'a>(
        &'a self,
        work: &mut Work<'a>,
        qkv: &'a Buffer,
        (blocks, count): (&'a Buffer, usize),
        results: &'a Buffer,
    ) {
        work.step(
            self.pipeline.clone(),
            &[
                word(3 * self.width() / 4),
                word(self.width() / 4),
                self.scale.to_bits(),
                u32::from(self.is_causal),
            ],
            &[qkv, blocks, results],
            [count, self.heads, 1],
        );
    }
}
