//! Every kernel against the portable code of `lookalike-kernels`, at odd sizes.

use lookalike_encoders::Norm;
use lookalike_kernels::convolution::{Band, GROUP, PackedDepthwise, Pixel, Window, depthwise};
use lookalike_kernels::{
    AttentionScratch, Epilogue, Isa, Matrix, MatrixMut, PackedHead, PackedLinear, Pooling, attend,
    attend_causally, layer_norm, linear, pool, swiglu,
};

use super::{
    Activation, Attention, Convolved, Depthwise, Gather, Normalise, Number, Patch, Place, Pool,
    Product, ProductSource, Rotate, Unfold, stride,
};
use crate::card::Card;
use crate::testing::{assert_close, card, numbers, numbers_of, run, upload};

/// What rounding to this kind of number may change.
fn tolerance(number: Number) -> f32 {
    match number {
        Number::F32 => 2e-5,
        Number::F16 => 4e-3,
    }
}

/// Values that this kind of number holds exactly.
fn rounded(number: Number, values: Vec<f32>) -> Vec<f32> {
    match number {
        Number::F32 => values,
        Number::F16 => values
            .into_iter()
            .map(|x| half::f16::from_f32(x).to_f32())
            .collect(),
    }
}

fn empty(card: &Card, bytes: usize) -> crate::memory::Buffer {
    card.memory.make("results", bytes).unwrap()
}

#[test]
fn products_with_every_epilogue() {
    let Some(card) = card() else { return };
    for number in numbers_of(&card) {
        for (rows, outputs, inputs) in [
            (1, 1, 1),
            (3, 5, 7),
            (2, 128, 16),
            (127, 129, 17),
            (130, 62, 33),
            (257, 250, 100),
        ] {
            let x = rounded(number, numbers(1, rows * inputs));
            let weight = rounded(number, numbers(2, outputs * inputs));
            let (bias, scale) = (numbers(3, outputs), numbers(4, outputs));
            let x_buffer = upload(&card, number, &x, inputs);
            for activation in [
                Activation::None,
                Activation::Gelu,
                Activation::GeluTanh,
                Activation::QuickGelu,
                Activation::Relu6,
                Activation::SwiGlu,
                Activation::Residual,
            ] {
                if activation == Activation::SwiGlu && outputs % 2 == 1 {
                    continue;
                }
                let packed =
                    PackedLinear::pack(Isa::Portable, outputs, inputs, &weight, Some(&bias));
                let before = numbers(5, rows * outputs);
                let mut expected = before.clone();
                let epilogue = match activation {
                    Activation::None | Activation::QuickGelu | Activation::SwiGlu => Epilogue::Bias,
                    Activation::Gelu => Epilogue::BiasGelu,
                    Activation::GeluTanh => Epilogue::BiasGeluTanh,
                    Activation::Relu6 => Epilogue::BiasRelu6,
                    Activation::Residual => Epilogue::BiasScaleResidual(&scale),
                };
                linear(
                    Matrix::new(&x, rows, inputs, inputs),
                    &packed,
                    epilogue,
                    MatrixMut::new(&mut expected, rows, outputs, outputs),
                );
                let mut columns = outputs;
                match activation {
                    Activation::QuickGelu => expected
                        .iter_mut()
                        .for_each(|x| *x /= 1.0 + (-1.702 * *x).exp()),
                    Activation::SwiGlu => {
                        columns = outputs / 2;
                        let halves = expected.chunks_mut(outputs).map(|row| {
                            let (gate, up) = row.split_at_mut(columns);
                            swiglu(Isa::Portable, gate, up);
                            gate.to_vec()
                        });
                        expected = halves.flatten().collect();
                    }
                    _ => {}
                }
                let results = match activation {
                    Activation::Residual => Number::F32,
                    _ => number,
                };
                let product = Product::load(
                    &card,
                    &ProductSource {
                        outputs,
                        inputs,
                        weight: &weight,
                        bias: Some(&bias),
                        scale: Some(&scale),
                        activation,
                        number,
                        rows: number,
                        results,
                    },
                )
                .unwrap();
                assert_eq!(product.outputs(), stride(columns));
                let target = if results == Number::F32 {
                    upload(&card, results, &before[..rows * columns], columns)
                } else {
                    empty(&card, rows * stride(columns) * 2)
                };
                let found = run(&card, results, &target, (rows, columns), |work| {
                    product.run(work, rows, &x_buffer, &target);
                });
                let subject = format!("{number:?} {activation:?} {rows} x {outputs} x {inputs}");
                assert_close(&found.unwrap(), &expected, tolerance(results), &subject);
            }
        }
    }
}

#[test]
fn attention_of_heads_of_any_size() {
    let Some(card) = card() else { return };
    for number in numbers_of(&card) {
        for (size, heads) in [(1, 2), (20, 2), (22, 1), (64, 3), (72, 1), (128, 1)] {
            for is_causal in [false, true] {
                let attention = Attention::load(&card, number, heads, size, is_causal).unwrap();
                let filled = stride(size);
                let width = heads * filled;
                let lengths = [1, 5, 63, 64, 65, 170];
                let rows: usize = lengths.iter().sum();
                let mut qkv = rounded(number, numbers(7, rows * 3 * width));
                for row in qkv.chunks_mut(filled) {
                    row[size..].fill(0.0);
                }
                // Great logits, so that the softmax is far from flat.
                qkv.iter_mut().for_each(|x| *x *= 3.0);
                let qkv = rounded(number, qkv);
                let (mut blocks, mut first, mut expected) = (Vec::new(), 0, Vec::new());
                for &tokens in &lengths {
                    Attention::blocks(first, tokens, &mut blocks);
                    let own = &qkv[first * 3 * width..];
                    let mut out = vec![0.0; tokens * width];
                    for head in 0..heads {
                        let part = |third: usize| {
                            let from = third * width + head * filled;
                            Matrix::new(&own[from..], tokens, size, 3 * width)
                        };
                        let mut memory = vec![0.0; PackedHead::length(Isa::Portable, tokens, size)];
                        PackedHead::pack(Isa::Portable, part(1), part(2), &mut memory);
                        let packed = PackedHead::new(Isa::Portable, tokens, size, &memory);
                        let scale = (size as f32).sqrt().recip();
                        let mut scratch = AttentionScratch::default();
                        let target = &mut out[head * filled..];
                        let target = MatrixMut::new(target, tokens, size, width);
                        if is_causal {
                            attend_causally(part(0), 0, &packed, scale, &mut scratch, target);
                        } else {
                            attend(part(0), &packed, scale, &mut scratch, target);
                        }
                    }
                    expected.extend(out);
                    first += tokens;
                }
                let qkv = upload(&card, number, &qkv, 3 * width);
                let table = card.memory.filled("blocks", &blocks).unwrap();
                let target = empty(&card, rows * width * 4);
                let found = run(&card, number, &target, (rows, width), |work| {
                    attention.run(work, &qkv, (&table, blocks.len()), &target);
                });
                let subject = format!("{number:?}, {heads} heads of {size}, causal {is_causal}");
                assert_close(&found.unwrap(), &expected, tolerance(number), &subject);
            }
        }
    }
}

#[test]
fn norms_of_any_width() {
    let Some(card) = card() else { return };
    for number in numbers_of(&card) {
        for (rows, width) in [(1, 1), (3, 40), (70, 63), (2, 65), (5, 1027)] {
            // Far from zero, as the tokens of large models are.
            let x: Vec<f32> = numbers(1, rows * width)
                .iter()
                .map(|x| 3.0 * x + 5.0)
                .collect();
            let norm = Norm {
                gain: numbers(2, width),
                bias: numbers(3, width),
            };
            let mut expected = vec![0.0; rows * width];
            for (x, out) in x.chunks(width).zip(expected.chunks_mut(width)) {
                layer_norm(Isa::Portable, x, &norm.gain, &norm.bias, 1e-5, out);
            }
            let kernel = Normalise::load(&card, &norm, 1e-5, number).unwrap();
            let x = upload(&card, Number::F32, &x, width);
            let target = empty(&card, rows * stride(width) * 4);
            let found = run(&card, number, &target, (rows, width), |work| {
                kernel.run(work, rows, &x, &target);
            });
            let subject = format!("{number:?}, {rows} x {width}");
            assert_close(&found.unwrap(), &expected, tolerance(number), &subject);
        }
    }
}

#[test]
fn patches_also_beyond_the_picture() {
    let Some(card) = card() else { return };
    let (mean, std) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    for number in numbers_of(&card) {
        for side in [1, 3, 5, 14] {
            let (width, height, start) = (11_usize, 7_usize, 5_usize);
            let pixels: Vec<u8> = (0..start + width * height * 3)
                .map(|i| (i * 37 % 256) as u8)
                .collect();
            let places = [(0, 0), (-1, -1), (9, 5), (3, -2), (-20, 4)];
            let patches = places.map(|(left, top)| Patch {
                start: start as u32,
                width: width as u32,
                height: height as u32,
                left,
                top,
            });
            let mut expected = Vec::new();
            for (left, top) in places {
                for i in 0..side * side * 3 {
                    let x = left + (i / 3 % side) as i32;
                    let y = top + (i / 3 / side) as i32;
                    let inside = (0..width as i32).contains(&x) && (0..height as i32).contains(&y);
                    expected.push(if inside {
                        let pixel = y as usize * width + x as usize;
                        let level = pixels[start + pixel * 3 + i % 3];
                        (f32::from(level) / 255.0 - mean[i % 3]) / std[i % 3]
                    } else {
                        0.0
                    });
                }
            }
            let unfold = Unfold::load(&card, number, side, mean, std).unwrap();
            let mut bytes = pixels.clone();
            bytes.resize(bytes.len().next_multiple_of(4), 0);
            let pixels = card.memory.filled("pixels", &bytes).unwrap();
            let table = card.memory.filled("patches", &patches).unwrap();
            let columns = side * side * 3;
            let target = empty(&card, patches.len() * stride(columns) * 4);
            let found = run(&card, number, &target, (patches.len(), columns), |work| {
                unfold.run(work, patches.len(), [&pixels, &table], &target);
            });
            let subject = format!("{number:?}, {side}");
            assert_close(&found.unwrap(), &expected, tolerance(number), &subject);
        }
    }
}

#[test]
fn rows_are_placed_and_gathered() {
    let Some(card) = card() else { return };
    for width in [1, 6, 64, 100] {
        let (patches, starts) = (numbers(1, 7 * width), numbers(2, 5 * width));
        let none = Place::NONE;
        let table = [[none, 0], [3, 4], [6, none], [none, none], [0, 1]];
        let value = |rows: &[f32], row: u32, column: usize| {
            let index = row as usize * width + column;
            if row == none { 0.0 } else { rows[index] }
        };
        let expected: Vec<f32> = (0..table.len() * width)
            .map(|i| {
                let [patch, start] = table[i / width];
                value(&patches, patch, i % width) + value(&starts, start, i % width)
            })
            .collect();
        let place = Place::load(&card).unwrap();
        let gather = Gather::load(&card, Number::F32).unwrap();
        let patches = upload(&card, Number::F32, &patches, width);
        let starts = upload(&card, Number::F32, &starts, width);
        let tokens = card.memory.filled("tokens", &table).unwrap();
        let wanted = card.memory.filled("wanted", &[4_u32, 1, 1]).unwrap();
        let placed = empty(&card, table.len() * stride(width) * 4);
        let gathered = empty(&card, 3 * stride(width) * 4);
        let found = run(&card, Number::F32, &gathered, (3, width), |work| {
            let rows = (table.len(), width);
            place.run(work, rows, [&patches, &starts, &tokens], &placed);
            gather.run(work, (3, width), [&placed, &wanted], &gathered);
        });
        let row = |index: usize| &expected[index * width..][..width];
        let expected = [row(4), row(1), row(1)].concat();
        assert_close(&found.unwrap(), &expected, 1e-6, &width.to_string());
    }
}

#[test]
fn queries_and_keys_are_turned_and_values_are_not() {
    let Some(card) = card() else { return };
    for number in numbers_of(&card) {
        for (size, heads) in [(4, 3), (20, 2), (64, 1)] {
            let (width, half, rows) = (size * heads, size / 2, 3);
            let qkv = rounded(number, numbers(1, rows * 3 * width));
            let angles = numbers(2, 4 * half);
            let table = [2_u32, Place::NONE, 0];
            let mut expected = qkv.clone();
            for (row, &own) in expected.chunks_mut(3 * width).zip(&table) {
                if own == Place::NONE {
                    continue;
                }
                for head in row[..2 * width].chunks_mut(size) {
                    for i in 0..half {
                        let (sine, cosine) = angles[own as usize * half + i].sin_cos();
                        let (a, b) = (head[i], head[half + i]);
                        head[i] = a * cosine - b * sine;
                        head[half + i] = b * cosine + a * sine;
                    }
                }
            }
            let pairs: Vec<[f32; 2]> = angles.iter().map(|x| [x.cos(), x.sin()]).collect();
            let rotate = Rotate::load(&card, number, width, size).unwrap();
            let angles = card.memory.filled("angles", &pairs).unwrap();
            let tokens = card.memory.filled("tokens", &table).unwrap();
            let target = upload(&card, number, &qkv, 3 * width);
            let found = run(&card, number, &target, (rows, 3 * width), |work| {
                rotate.run(work, rows, [&angles, &tokens], &target);
            });
            let subject = format!("{number:?}, {heads} of {size}");
            assert_close(&found.unwrap(), &expected, tolerance(number), &subject);
        }
    }
}

#[test]
fn depthwise_convolutions_of_several_pictures() {
    let Some(card) = card() else { return };
    for number in numbers_of(&card) {
        for (kernel, step) in [(3, 1), (3, 2), (5, 1), (5, 2)] {
            let window = Window::new(kernel, step).unwrap();
            for (height, width, channels) in [(1, 1, 1), (5, 9, 7), (4, 17, 32), (7, 6, 50)] {
                let pictures = 3;
                let x = rounded(number, numbers(1, pictures * height * width * channels));
                let weight: Vec<f32> = numbers(2, channels * kernel * kernel);
                let bias: Vec<f32> = numbers(3, channels).iter().map(|x| 2.0 + 2.0 * x).collect();
                let packed = PackedDepthwise::pack(Isa::Portable, window, &weight, &bias);
                let output = [window.outputs(height), window.outputs(width)];
                let pixels_out = output[0] * output[1];
                let mut expected = vec![0.0; pictures * pixels_out * channels];
                for picture in 0..pictures {
                    let own = &x[picture * height * width * channels..];
                    for group in 0..packed.groups() {
                        let count = packed.group_channels(group);
                        let pixels: Vec<Pixel> = (0..height * width)
                            .map(|pixel| {
                                let mut values = [0.0; GROUP];
                                let from = pixel * channels + group * GROUP;
                                values[..count].copy_from_slice(&own[from..][..count]);
                                values
                            })
                            .collect();
                        let band = Band {
                            pixels: &pixels,
                            first_row: 0,
                            height,
                            width,
                        };
                        let start = picture * pixels_out * channels + group * GROUP;
                        let out = &mut expected[start..];
                        let out = MatrixMut::new(out, pixels_out, count, channels);
                        depthwise(&packed, group, band, 0..output[0], out);
                    }
                }
                let kernel = Depthwise::load(&card, number, [kernel, step], &weight, &bias);
                let kernel = kernel.unwrap();
                let x = upload(&card, number, &x, channels);
                let rows = pictures * pixels_out;
                let target = empty(&card, rows * stride(channels) * 4);
                let convolved = Convolved {
                    pictures,
                    input: [height, width],
                    output,
                    padding: [window.padding_before(height), window.padding_before(width)],
                };
                let found = run(&card, number, &target, (rows, channels), |work| {
                    kernel.run(work, convolved, &x, &target);
                });
                let subject = format!("{number:?}, {window:?}, {height} x {width} x {channels}");
                assert_close(&found.unwrap(), &expected, tolerance(number), &subject);
            }
        }
    }
}

#[test]
fn pixels_are_pooled() {
    let Some(card) = card() else { return };
    for number in numbers_of(&card) {
        for power in [0.0, 1.0, 2.5, 3.0] {
            for (pictures, pixels, channels) in [(1, 1, 1), (2, 9, 17), (3, 81, 33)] {
                let x = rounded(number, numbers(1, pictures * pixels * channels));
                let pooling = if power == 0.0 {
                    Pooling::Mean
                } else {
                    Pooling::Gem { power }
                };
                let mut expected = vec![0.0; pictures * channels];
                let own = x.chunks(pixels * channels);
                for (x, out) in own.zip(expected.chunks_mut(channels)) {
                    let x = Matrix::new(x, pixels, channels, channels);
                    pool(Isa::Portable, x, pooling, out);
                }
                let kernel = Pool::load(&card, number, power).unwrap();
                let x = upload(&card, number, &x, channels);
                let target = empty(&card, pictures * stride(channels) * 4);
                let found = run(&card, Number::F32, &target, (pictures, channels), |work| {
                    kernel.run(work, (pictures, pixels, channels), &x, &target);
                });
                let subject = format!("{number:?}, {power}, {pixels} x {channels}");
                assert_close(&found.unwrap(), &expected, 2e-5, &subject);
            }
        }
    }
}
