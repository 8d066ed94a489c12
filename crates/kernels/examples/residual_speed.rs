//! Speed of the kernels of inverted residuals on one thread, at the shapes of EfficientNet-Lite2.
//!
//! `cargo run --release -p lookalike-kernels --example residual_speed` prints, for every
//! instruction set of this CPU, the best of repeated runs for each layer of a block: expansion,
//! depthwise convolution and projection, each over all pixels, a group of channels at a time.

#![expect(clippy::print_stdout, reason = "a program whose output is a table")]

use std::time::{Duration, Instant};

use lookalike_kernels::bf16::{self, Blocked, BlockedMut, Tile, Variant};
use lookalike_kernels::bytes::{self, Bytes, quantise_rows};
use lookalike_kernels::convolution::{
    Band, GROUP, PackedDepthwise, Pixel, Window, depthwise, depthwise_bf16, depthwise_bytes,
};
use lookalike_kernels::{Epilogue, Isa, Matrix, MatrixMut, PackedLinear, linear};

/// Time for each cell of the table.
const BUDGET: Duration = Duration::from_millis(150);

/// Side of the input, kernel, stride, channels in, expanded and out, and how often it occurs.
const BLOCKS: [(usize, usize, usize, usize, usize, usize, usize); 11] = [
    (130, 3, 1, 27, 32, 16, 1),
    (130, 3, 2, 16, 96, 24, 1),
    (65, 3, 1, 24, 144, 24, 2),
    (65, 5, 2, 24, 144, 48, 1),
    (33, 5, 1, 48, 288, 48, 2),
    (33, 3, 2, 48, 288, 88, 1),
    (17, 3, 1, 88, 528, 88, 3),
    (17, 5, 1, 120, 720, 120, 4),
    (17, 5, 2, 120, 720, 208, 1),
    (9, 5, 1, 208, 1248, 208, 4),
    (9, 3, 1, 208, 1248, 352, 1),
];

/// The shape of a block: window, side of the input, channels in, expanded and out.
#[derive(Clone, Copy)]
struct Shape {
    window: Window,
    side: usize,
    inputs: usize,
    expanded: usize,
    outputs: usize,
}

fn main() {
    for isa in Isa::available() {
        if matches!(isa, Isa::Portable) {
            continue;
        }
        print_blocks(&format!("{isa}, f32"), |shape| {
            let Shape {
                window,
                side,
                inputs,
                expanded,
                outputs,
            } = shape;
            block(isa, window, side, inputs, expanded, outputs)
        });
        print_blocks(&format!("{isa}, int8"), |shape| block_int8(isa, shape));
    }
    for variant in Variant::available() {
        if matches!(variant, Variant::Portable) {
            continue;
        }
        print_blocks(&format!("{}, bf16", variant.name()), |shape| {
            let Shape {
                window,
                side,
                inputs,
                expanded,
                outputs,
            } = shape;
            block_bf16(variant, window, side, inputs, expanded, outputs)
        });
    }
}

/// Prints a line for each block, and the sums of all blocks.
fn print_blocks(name: &str, measure: impl Fn(Shape) -> [(f64, f64); 3]) {
    println!("{name}: GMAC/s (ms)   expand          depthwise          project");
    let mut sums = [0.0; 3];
    for (side, kernel, stride, inputs, expanded, outputs, times) in BLOCKS {
        let Some(window) = Window::new(kernel, stride) else {
            continue;
        };
        let cells = measure(Shape {
            window,
            side,
            inputs,
            expanded,
            outputs,
        });
        print!("{side:4} {kernel}x{kernel}/{stride} {inputs:4} {expanded:5} {outputs:4} x{times}");
        for ((time, work), sum) in cells.into_iter().zip(&mut sums) {
            *sum += time * times as f64;
            print!("  {:6.1} ({:6.3})", work / time / 1e9, time * 1e3);
        }
        println!();
    }
    println!("all: {:?} ms", sums.map(|sum| (sum * 1e5).round() / 100.0));
}

/// As [`block`], in bytes.
fn block_int8(isa: Isa, shape: Shape) -> [(f64, f64); 3] {
    let Shape {
        window,
        side,
        inputs,
        expanded,
        outputs,
    } = shape;
    let (pixels, side_out) = (side * side, window.outputs(side));
    let pixels_out = side_out * side_out;
    let values = numbers(pixels * inputs);
    let mut x = vec![0; Bytes::count(pixels, inputs)];
    let mut steps = vec![0.0; pixels];
    let pack = |outputs: usize, inputs: usize| {
        let bias = vec![0.0; outputs];
        bytes::PackedLinear::pack(
            isa,
            outputs,
            inputs,
            &numbers(outputs * inputs),
            &bias,
            None,
        )
    };
    let groups: Vec<bytes::PackedLinear> = (0..expanded)
        .step_by(GROUP)
        .map(|first| pack(GROUP.min(expanded - first), inputs))
        .collect();
    let taps = window.kernel() * window.kernel();
    let weights = PackedDepthwise::pack(isa, window, &numbers(expanded * taps), &numbers(expanded));
    let project = pack(outputs, expanded);
    let mut group: Vec<Pixel> = vec![[0.5; GROUP]; pixels];
    let mut convolved = vec![0; Bytes::count(pixels_out, expanded)];
    let mut out = numbers(pixels_out * outputs);
    let expand_time = best(|| {
        quantise_rows(
            isa,
            Matrix::new(&values, pixels, inputs, inputs),
            &mut x,
            &mut steps,
        );
        for map in &groups {
            let x = Bytes::signed(&x, &steps, pixels, inputs);
            let target = MatrixMut::new(group.as_flattened_mut(), pixels, map.outputs(), GROUP);
            bytes::linear(x, map, bytes::Epilogue::Relu6, target);
        }
    });
    let depthwise_time = best(|| {
        for index in 0..groups.len() {
            let band = Band {
                pixels: &group,
                first_row: 0,
                height: side,
                width: side,
            };
            depthwise_bytes(&weights, index, band, 0..side_out, &mut convolved);
        }
    });
    let project_time = best(|| {
        let x = Bytes::relu6(&convolved, pixels_out, expanded);
        let out = MatrixMut::new(&mut out, pixels_out, outputs, outputs);
        bytes::linear(x, &project, bytes::Epilogue::Residual, out);
    });
    [
        (expand_time, (pixels * inputs * expanded) as f64),
        (depthwise_time, (pixels_out * expanded * taps) as f64),
        (project_time, (pixels_out * expanded * outputs) as f64),
    ]
}

fn block_bf16(
    variant: Variant,
    window: Window,
    side: usize,
    inputs: usize,
    expanded: usize,
    outputs: usize,
) -> [(f64, f64); 3] {
    let isa = Isa::active();
    let (pixels, side_out) = (side * side, window.outputs(side));
    let pixels_out = side_out * side_out;
    let values = numbers(pixels * inputs);
    let mut x = vec![Tile::ZERO; Blocked::tile_count(pixels, inputs)];
    let groups: Vec<bf16::PackedLinear> = (0..expanded)
        .step_by(GROUP)
        .map(|first| {
            let count = GROUP.min(expanded - first);
            bf16::PackedLinear::pack(variant, count, inputs, &numbers(count * inputs), None)
        })
        .collect();
    let taps = window.kernel() * window.kernel();
    let weights = PackedDepthwise::pack(isa, window, &numbers(expanded * taps), &numbers(expanded));
    let project = bf16::PackedLinear::pack(
        variant,
        outputs,
        expanded,
        &numbers(outputs * expanded),
        None,
    );
    let mut group: Vec<Pixel> = vec![[0.5; GROUP]; pixels];
    let mut convolved = vec![Tile::ZERO; Blocked::tile_count(pixels_out, expanded)];
    let mut out = numbers(pixels_out * outputs);
    let expand_time = best(|| {
        BlockedMut::new(&mut x, pixels, inputs)
            .write_rows(isa, Matrix::new(&values, pixels, inputs, inputs));
        for map in &groups {
            let target = MatrixMut::new(group.as_flattened_mut(), pixels, map.outputs(), GROUP);
            bf16::linear(
                Blocked::new(&x, pixels, inputs),
                map,
                bf16::Output::Relu6(target),
            );
        }
    });
    let depthwise_time = best(|| {
        for index in 0..groups.len() {
            let band = Band {
                pixels: &group,
                first_row: 0,
                height: side,
                width: side,
            };
            let mut target = BlockedMut::new(&mut convolved, pixels_out, expanded);
            depthwise_bf16(&weights, index, band, 0..side_out, &mut target);
        }
    });
    let project_time = best(|| {
        let x = Blocked::new(&convolved, pixels_out, expanded);
        let out = MatrixMut::new(&mut out, pixels_out, outputs, outputs);
        bf16::linear(x, &project, bf16::Output::Residual { out, scale: None });
    });
    [
        (expand_time, (pixels * inputs * expanded) as f64),
        (depthwise_time, (pixels_out * expanded * taps) as f64),
        (project_time, (pixels_out * expanded * outputs) as f64),
    ]
}

/// Seconds and multiply-adds of expansion, depthwise convolution and projection.
fn block(
    isa: Isa,
    window: Window,
    side: usize,
    inputs: usize,
    expanded: usize,
    outputs: usize,
) -> [(f64, f64); 3] {
    let (pixels, side_out) = (side * side, window.outputs(side));
    let pixels_out = side_out * side_out;
    let x = numbers(pixels * inputs);
    let groups: Vec<PackedLinear> = (0..expanded)
        .step_by(GROUP)
        .map(|first| {
            let count = GROUP.min(expanded - first);
            PackedLinear::pack(isa, count, inputs, &numbers(count * inputs), None)
        })
        .collect();
    let taps = window.kernel() * window.kernel();
    let weights = PackedDepthwise::pack(isa, window, &numbers(expanded * taps), &numbers(expanded));
    let project = PackedLinear::pack(isa, outputs, expanded, &numbers(outputs * expanded), None);
    let mut group: Vec<Pixel> = vec![[0.5; GROUP]; pixels];
    let mut convolved = numbers(pixels_out * expanded);
    let mut out = numbers(pixels_out * outputs);
    let expand_time = best(|| {
        for map in &groups {
            let target = MatrixMut::new(group.as_flattened_mut(), pixels, map.outputs(), GROUP);
            linear(
                Matrix::new(&x, pixels, inputs, inputs),
                map,
                Epilogue::BiasRelu6,
                target,
            );
        }
    });
    let depthwise_time = best(|| {
        for index in 0..groups.len() {
            let band = Band {
                pixels: &group,
                first_row: 0,
                height: side,
                width: side,
            };
            let count = weights.group_channels(index);
            let target =
                MatrixMut::new(&mut convolved[index * GROUP..], pixels_out, count, expanded);
            depthwise(&weights, index, band, 0..side_out, target);
        }
    });
    let project_time = best(|| {
        let x = Matrix::new(&convolved, pixels_out, expanded, expanded);
        linear(
            x,
            &project,
            Epilogue::BiasResidual,
            MatrixMut::new(&mut out, pixels_out, outputs, outputs),
        );
    });
    [
        (expand_time, (pixels * inputs * expanded) as f64),
        (depthwise_time, (pixels_out * expanded * taps) as f64),
        (project_time, (pixels_out * expanded * outputs) as f64),
    ]
}

/// Seconds of the fastest run.
fn best(mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    let mut best = f64::INFINITY;
    while start.elapsed() < BUDGET {
        let run = Instant::now();
        work();
        best = best.min(run.elapsed().as_secs_f64());
    }
    best
}

/// Numbers in [-0.1, 0.1], small enough to stay finite in repeated runs.
fn numbers(count: usize) -> Vec<f32> {
    (0..count)
        .map(|i| ((i * 37 + i / 11) % 41) as f32 * 0.005 - 0.1)
        .collect()
}
