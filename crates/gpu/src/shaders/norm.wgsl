// out = (x - mean) / sqrt(variance + epsilon) * gain + bias, a row a workgroup.
// Specification: lookalike_kernels::layer_norm, portable.

struct Params {
  rows: u32,
  // Values of a row, and how far rows are apart.
  width: u32,
  stride: u32,
  out_stride: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
// The gain of every column, and behind it the bias.
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read_write> results: array<$OUT>;

const THREADS = 64u;

var<workgroup> parts: array<f32, 64>;

// The sum of what all threads bring.
fn total(thread: u32, own: f32) -> f32 {
  workgroupBarrier();
  parts[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if thread < half {
      parts[thread] += parts[thread + half];
    }
    workgroupBarrier();
  }
  return parts[0];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.x + group.y * 32768u;
  let seen = row < p.rows;
  let start = row * p.stride;
  var sum = 0.0;
  if seen {
    for (var i = thread; i < p.width; i += THREADS) {
      sum += x[start + i];
    }
  }
  let mean = total(thread, sum) / f32(p.width);
  sum = 0.0;
  if seen {
    for (var i = thread; i < p.width; i += THREADS) {
      let distance = x[start + i] - mean;
      sum += distance * distance;
    }
  }
  let scale = 1.0 / sqrt(total(thread, sum) / f32(p.width) + p.epsilon);
  if seen {
    for (var i = thread; i < p.out_stride; i += THREADS) {
      var value = 0.0;
      if i < p.width {
        value = (x[start + i] - mean) * scale * gain[i] + gain[p.width + i];
      }
      results[row * p.out_stride + i] = $OUT(clamp(value, -$MOST, $MOST));
    }
  }
}
