//! Speed of the bf16 and int8 kernels on one thread, at the shapes of a small vision transformer.
//!
//! `cargo run --release -p lookalike-kernels --example gemm_speed [variant]` prints, for every
//! variant of this CPU, the median and the best of repeated runs. Operands are warm: rows go
//! by in macro-blocks that stay in L2, as in a forward pass.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

use std::time::{Duration, Instant};

use lookalike_kernels::bf16::{
    AttendScratch, Blocked, BlockedMut, HEAD_SIZE, Heads, HeadsMut, Output, PackedLinear, Tile,
    Variant, attend, layer_norm, linear,
};
use lookalike_kernels::{Matrix, MatrixMut, int8};

/// Time for each line of the table.
const BUDGET: Duration = Duration::from_millis(300);

/// Rows of a macro-block: 1536 columns of bf16 are then 1.1 MB of the 2 MB of L2.
const MACRO_ROWS: usize = 352;

const WIDTH: usize = 384;
const HEADS: usize = WIDTH / HEAD_SIZE;

fn main() {
    let wanted = std::env::args().nth(1);
    println!("variant      kernel                             TFLOP/s median   best   ms median");
    for variant in Variant::available() {
        let is_wanted = match &wanted {
            Some(name) => name == variant.name(),
            None => !matches!(variant, Variant::Portable),
        };
        if is_wanted {
            for rows in [1370, 257] {
                table(variant, rows);
                int8_table(variant, rows);
            }
        }
    }
}

fn table(variant: Variant, rows: usize) {
    for (inputs, outputs) in [(WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH)] {
        let packed = weights(variant, inputs, outputs);
        let x = activations(rows, inputs);
        let mut out = vec![Tile::ZERO; Blocked::tile_count(rows, outputs)];
        let operations = 2.0 * (rows * inputs * outputs) as f64;
        let shape = format!("{rows} x {inputs} x {outputs}");
        measure(variant, &format!("{shape} bias"), operations, || {
            for (x, first, count) in macro_blocks(&x, rows, inputs) {
                let out = &mut out[Blocked::tile_count(first, outputs)..];
                linear(
                    x,
                    &packed,
                    Output::Blocked(BlockedMut::new(out, count, outputs)),
                );
            }
        });
        if outputs > inputs {
            measure(variant, &format!("{shape} gelu"), operations, || {
                for (x, first, count) in macro_blocks(&x, rows, inputs) {
                    let out = &mut out[Blocked::tile_count(first, outputs)..];
                    linear(
                        x,
                        &packed,
                        Output::Gelu(BlockedMut::new(out, count, outputs)),
                    );
                }
            });
        } else {
            let scale = vec![0.5; outputs];
            // On a cache line's boundary, as everything that is read and written whole should be.
            let mut stream = vec![0.0; rows * outputs + 16];
            let start = stream.as_ptr().align_offset(64);
            let stream = &mut stream[start..];
            measure(variant, &format!("{shape} residual"), operations, || {
                for (x, first, count) in macro_blocks(&x, rows, inputs) {
                    let part = &mut stream[first * outputs..];
                    let out = MatrixMut::new(part, count, outputs, outputs);
                    let scale = Some(&scale[..]);
                    linear(x, &packed, Output::Residual { out, scale });
                }
            });
        }
    }
    heads_and_norm(variant, rows);
}

fn heads_and_norm(variant: Variant, rows: usize) {
    let numbers = numbers(3 * WIDTH * WIDTH);
    let packed = PackedLinear::pack_heads(variant, HEADS, WIDTH, &numbers, None);
    let x = activations(rows, WIDTH);
    let mut tiles = vec![Tile::ZERO; Heads::tile_count(rows, HEADS)];
    let operations = 2.0 * (rows * WIDTH * 3 * WIDTH) as f64;
    let name = format!("{rows} x {WIDTH} x {} heads", 3 * WIDTH);
    measure(variant, &name, operations, || {
        for (x, first, count) in macro_blocks(&x, rows, WIDTH) {
            let out = &mut tiles[Heads::tile_count(first, HEADS)..];
            linear(x, &packed, Output::Heads(HeadsMut::new(out, count, HEADS)));
        }
    });
    let heads = Heads::new(&tiles, rows, HEADS);
    let mut out = vec![Tile::ZERO; Blocked::tile_count(rows, WIDTH)];
    let mut scratch = AttendScratch::default();
    let operations = 4.0 * (rows * rows * WIDTH) as f64;
    let name = format!("{rows} tokens, {HEADS} heads, attention");
    measure(variant, &name, operations, || {
        let out = BlockedMut::new(&mut out, rows, WIDTH);
        attend(variant, heads, 0, &mut scratch, out);
    });
    let stream = &numbers[..];
    if rows <= 3 * WIDTH {
        measure(variant, &format!("{rows} x {WIDTH} norm"), 0.0, || {
            let x = Matrix::new(stream, rows, WIDTH, WIDTH);
            let out = BlockedMut::new(&mut out, rows, WIDTH);
            layer_norm(variant, x, 1e-6, out);
        });
    }
}

fn int8_table(variant: Variant, rows: usize) {
    for (inputs, outputs) in [(WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH)] {
        let weights = numbers(inputs * outputs);
        let packed = int8::PackedLinear::pack(variant, outputs, inputs, &weights, None);
        let source = activations(rows, inputs);
        let mut tiles = vec![int8::Tile::ZERO; int8::Quantised::tile_count(rows, inputs)];
        let mut scales = vec![0.0; rows];
        measure(
            variant,
            &format!("int8 {rows} x {inputs} quantise"),
            0.0,
            || {
                let out = int8::QuantisedMut::new(&mut tiles, &mut scales, rows, inputs);
                int8::quantise(variant, Blocked::new(&source, rows, inputs), out);
            },
        );
        let blocks = |first: usize| {
            let count = MACRO_ROWS.min(rows - first);
            let tiles = &tiles[int8::Quantised::tile_count(first, inputs)..];
            let x = int8::Quantised::new(tiles, &scales[first..], count, inputs);
            (x, count)
        };
        let mut out = vec![Tile::ZERO; Blocked::tile_count(rows, outputs)];
        let operations = 2.0 * (rows * inputs * outputs) as f64;
        let shape = format!("int8 {rows} x {inputs} x {outputs}");
        measure(variant, &format!("{shape} bias"), operations, || {
            for first in (0..rows).step_by(MACRO_ROWS) {
                let (x, count) = blocks(first);
                let out = &mut out[Blocked::tile_count(first, outputs)..];
                let out = BlockedMut::new(out, count, outputs);
                int8::linear(x, &packed, Output::Blocked(out));
            }
        });
        if outputs > inputs {
            measure(variant, &format!("{shape} gelu"), operations, || {
                for first in (0..rows).step_by(MACRO_ROWS) {
                    let (x, count) = blocks(first);
                    let out = &mut out[Blocked::tile_count(first, outputs)..];
                    let out = BlockedMut::new(out, count, outputs);
                    int8::linear(x, &packed, Output::Gelu(out));
                }
            });
        } else {
            let scale = vec![0.5; outputs];
            let mut stream = vec![0.0; rows * outputs + 16];
            let start = stream.as_ptr().align_offset(64);
            let stream = &mut stream[start..];
            measure(variant, &format!("{shape} residual"), operations, || {
                for first in (0..rows).step_by(MACRO_ROWS) {
                    let (x, count) = blocks(first);
                    let out =
                        MatrixMut::new(&mut stream[first * outputs..], count, outputs, outputs);
                    let scale = Some(&scale[..]);
                    int8::linear(x, &packed, Output::Residual { out, scale });
                }
            });
        }
    }
}

fn measure(variant: Variant, name: &str, operations: f64, mut work: impl FnMut()) {
    work();
    let mut seconds = Vec::new();
    let start = Instant::now();
    while seconds.len() < 5 || start.elapsed() < BUDGET {
        let before = Instant::now();
        work();
        seconds.push(before.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let (median, best) = (seconds[seconds.len() / 2], seconds[0]);
    println!(
        "{:12} {name:36} {:12.2} {:6.2} {:11.3}",
        variant.name(),
        operations / median / 1e12,
        operations / best / 1e12,
        median * 1e3
    );
}

/// Views of macro-blocks of rows, each with its first row and number of rows.
fn macro_blocks(
    tiles: &[Tile],
    rows: usize,
    columns: usize,
) -> impl Iterator<Item = (Blocked<'_>, usize, usize)> {
    (0..rows).step_by(MACRO_ROWS).map(move |first| {
        let count = MACRO_ROWS.min(rows - first);
        let tiles = &tiles[Blocked::tile_count(first, columns)..];
        (Blocked::new(tiles, count, columns), first, count)
    })
}

fn weights(variant: Variant, inputs: usize, outputs: usize) -> PackedLinear {
    PackedLinear::pack(variant, outputs, inputs, &numbers(inputs * outputs), None)
}

fn activations(rows: usize, columns: usize) -> Vec<Tile> {
    let mut tiles = vec![Tile::ZERO; Blocked::tile_count(rows, columns)];
    let mut matrix = BlockedMut::new(&mut tiles, rows, columns);
    for (row, values) in numbers(rows * columns).chunks(columns).enumerate() {
        matrix.write_row(row, values);
    }
    tiles
}

/// Numbers in [-1/2, 1/2) without a pattern that matters.
fn numbers(count: usize) -> Vec<f32> {
    (0..count as u32)
        .map(|i| (i.wrapping_mul(0x9e37_79b9) >> 8) as f32 / (1 << 24) as f32 - 0.5)
        .collect()
}
