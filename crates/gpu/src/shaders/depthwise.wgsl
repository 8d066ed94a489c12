// relu6(convolution + bias), each channel by itself; windows are padded as TensorFlow's SAME.
// Specification: lookalike_kernels::convolution::depthwise, portable.
//
// A pixel's channels lie side by side; pictures of one size one after another. A thread computes
// four channels of a pixel.

struct Params {
  // Fours of channels of all results.
  count: u32,
  // Fours of channels of a pixel.
  channels: u32,
  kernel: u32,
  stride: u32,
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  // Pixels by which the first window reaches beyond the picture.
  top: u32,
  left: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<$T>>;
// A row of channels for every place in a window, and behind them the bias.
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> results: array<vec4<$T>>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let index = (group.x + group.y * 32768u) * 64u + thread;
  if index >= p.count {
    return;
  }
  let channel = index % p.channels;
  let pixel = index / p.channels;
  let column = pixel % p.out_width;
  let row = pixel / p.out_width % p.out_height;
  let picture = pixel / (p.out_width * p.out_height) * p.height * p.width;
  var sum = weights[p.kernel * p.kernel * p.channels + channel];
  for (var y = 0u; y < p.kernel; y++) {
    let from_row = i32(row * p.stride + y) - i32(p.top);
    if from_row < 0 || from_row >= i32(p.height) {
      continue;
    }
    for (var x_ = 0u; x_ < p.kernel; x_++) {
      let from_column = i32(column * p.stride + x_) - i32(p.left);
      if from_column < 0 || from_column >= i32(p.width) {
        continue;
      }
      let place = picture + u32(from_row) * p.width + u32(from_column);
      let weight = weights[(y * p.kernel + x_) * p.channels + channel];
      sum += vec4<f32>(x[place * p.channels + channel]) * weight;
    }
  }
  results[index] = vec4<$T>(clamp(sum, vec4(0.0), vec4(6.0)));
}
