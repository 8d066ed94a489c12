// One row for the pixels of each picture: their mean, or a generalised mean.
// Specification: lookalike_kernels::pool, portable.

struct Params {
  // Pixels of a picture, and values of a pixel.
  pixels: u32,
  stride: u32,
  // Of the generalised mean; 0 for the mean.
  power: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<$X>;
@group(0) @binding(2) var<storage, read_write> results: array<f32>;

const LEAST = 1e-6;

var<workgroup> parts: array<f32, 256>;

// Sixteen channels of a picture a workgroup, sixteen threads each.
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let channel = group.x * 16u + thread % 16u;
  let picture = group.y * p.pixels;
  var sum = 0.0;
  if channel < p.stride {
    for (var i = thread / 16u; i < p.pixels; i += 16u) {
      let value = f32(x[(picture + i) * p.stride + channel]);
      if p.power == 0.0 {
        sum += value;
      } else if p.power == 3.0 {
        let positive = max(value, LEAST);
        sum += positive * positive * positive;
      } else {
        sum += pow(max(value, LEAST), p.power);
      }
    }
  }
  parts[thread] = sum;
  workgroupBarrier();
  for (var half = 128u; half >= 16u; half /= 2u) {
    if thread < half {
      parts[thread] += parts[thread + half];
    }
    workgroupBarrier();
  }
  if thread < 16u && channel < p.stride {
    var value = parts[thread] / f32(p.pixels);
    if p.power != 0.0 {
      value = pow(max(value, 1e-38), 1.0 / p.power);
    }
    results[group.y * p.stride + channel] = value;
  }
}
