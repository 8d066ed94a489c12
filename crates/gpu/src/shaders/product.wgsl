// out = epilogue(x * weights^T + bias), a tile of 128 rows by 128 columns a workgroup.
// Specification: lookalike_kernels::linear with its Epilogue, portable.
//
// Rows of x are `inputs` long, in fours. The weights lie in panels of 128 outputs, each value of
// depth beside the others of its panel, filled up with zeros: whoever reads them checks nothing.
// Sums run over the depth in order, whatever the number of rows: a row's result is the same in
// any batch.

struct Params {
  rows: u32,
  // Steps of 16 along the depth.
  steps: u32,
  // Of a row of x and of the results, in fours.
  inputs: u32,
  outputs: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<$X>>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<$T>>;
// A bias for every column, and behind them, of those that have it, a scale for every column.
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> results: array<vec4<$OUT>>;

const TILE = 128u;
const DEPTH = 16u;

// By depth, then by row or column, in fours.
var<workgroup> rows_tile: array<vec4<$T>, 512>;
var<workgroup> columns_tile: array<vec4<$T>, 512>;

fn erf(value: f32) -> f32 {
  let x = clamp(value, -4.0, 4.0);
  let s = x * x;
  var a = -2.7261424e-10;
  a = a * s + 2.7706815e-8;
  a = a * s - 2.101024e-6;
  a = a * s - 5.6925062e-5;
  a = a * s - 7.3499064e-4;
  a = a * s - 2.9546e-3;
  a = a * s - 1.6096033e-2;
  var b = -1.45660715e-5;
  b = b * s - 2.1337405e-4;
  b = b * s - 1.682827e-3;
  b = b * s - 7.3733293e-3;
  b = b * s - 1.4264739e-2;
  return x * a / b;
}

fn sigmoid(x: vec4<f32>) -> vec4<f32> {
  return 1.0 / (1.0 + exp(-clamp(x, vec4(-87.0), vec4(87.0))));
}

fn plain(x: vec4<f32>) -> vec4<f32> {
  return x;
}

fn gelu(x: vec4<f32>) -> vec4<f32> {
  let t = x * 0.70710678;
  return 0.5 * x * (1.0 + vec4(erf(t.x), erf(t.y), erf(t.z), erf(t.w)));
}

fn gelu_tanh(x: vec4<f32>) -> vec4<f32> {
  return x * sigmoid(x * (1.595769 + 0.07135481 * x * x));
}

fn quick_gelu(x: vec4<f32>) -> vec4<f32> {
  return x * sigmoid(1.702 * x);
}

fn relu6(x: vec4<f32>) -> vec4<f32> {
  return clamp(x, vec4(0.0), vec4(6.0));
}

fn stored(x: vec4<f32>) -> vec4<$OUT> {
  return vec4<$OUT>(clamp(x, vec4(-$MOST), vec4($MOST)));
}

// The two fours of columns of a row that a thread has; `first` is the first one's column, in fours.
fn store(row: u32, panel: u32, first: u32, left: vec4<f32>, right: vec4<f32>) {
  if row >= p.rows {
    return;
  }
  let a = left + bias[panel * 32u + first];
  let b = right + bias[panel * 32u + 16u + first];
  //: if GATED
  // The left half of a panel are gates, the right half what they are for.
  let column = panel * 16u + first;
  if column < p.outputs {
    results[row * p.outputs + column] = stored(a * sigmoid(a) * b);
  }
  //: end
  //: if PLAIN
  let column = panel * 32u + first;
  if column < p.outputs {
    results[row * p.outputs + column] = stored($ACTIVATION(a));
  }
  if column + 16u < p.outputs {
    results[row * p.outputs + column + 16u] = stored($ACTIVATION(b));
  }
  //: end
  //: if RESIDUAL
  let column = panel * 32u + first;
  let scales = arrayLength(&bias) / 2u + column;
  if column < p.outputs {
    let place = row * p.outputs + column;
    results[place] = results[place] + a * bias[scales];
  }
  if column + 16u < p.outputs {
    let place = row * p.outputs + column + 16u;
    results[place] = results[place] + b * bias[scales + 16u];
  }
  //: end
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let panel = group.x;
  let first_row = (group.y + group.z * 32768u) * TILE;
  // This thread's columns are four from `across` on and four from 16 fours further on.
  let across = thread % 16u;
  let down = thread / 16u;
  //: repeat i 8
  var l$i = vec4<f32>();
  var r$i = vec4<f32>();
  //: end

  // Half of the threads bring rows into the tiles, four by four values each and turned, so that each
  // four is written whole; the others bring columns.
  let brings_rows = thread < 128u;
  let four = thread % 4u;
  let four_rows = thread / 4u;
  let others = thread % 128u;

  for (var step = 0u; step < p.steps; step++) {
    let place = step * 4u + four;
    if brings_rows {
      //: repeat i 4
      var v$i = vec4<$T>();
      //: end
      if place < p.inputs {
        let start = (first_row + four_rows * 4u) * p.inputs + place;
        //: repeat i 4
        if first_row + four_rows * 4u + $iu < p.rows {
          v$i = vec4<$T>(x[start + $iu * p.inputs]);
        }
        //: end
      }
      let slot = four * 128u + four_rows;
      rows_tile[slot] = vec4<$T>(v0.x, v1.x, v2.x, v3.x);
      rows_tile[slot + 32u] = vec4<$T>(v0.y, v1.y, v2.y, v3.y);
      rows_tile[slot + 64u] = vec4<$T>(v0.z, v1.z, v2.z, v3.z);
      rows_tile[slot + 96u] = vec4<$T>(v0.w, v1.w, v2.w, v3.w);
    } else {
      let block = (panel * p.steps + step) * 512u;
      //: repeat i 4
      columns_tile[others + $iu * 128u] = weights[block + others + $iu * 128u];
      //: end
    }
    workgroupBarrier();

    for (var k = 0u; k < DEPTH; k++) {
      let a = vec4<f32>(rows_tile[k * 32u + down * 2u]);
      let b = vec4<f32>(rows_tile[k * 32u + down * 2u + 1u]);
      let left = vec4<f32>(columns_tile[k * 32u + across]);
      let right = vec4<f32>(columns_tile[k * 32u + 16u + across]);
      //: repeat i 4
      l$i += a[$i] * left;
      r$i += a[$i] * right;
      //: end
      l4 += b[0] * left;
      r4 += b[0] * right;
      l5 += b[1] * left;
      r5 += b[1] * right;
      l6 += b[2] * left;
      r6 += b[2] * right;
      l7 += b[3] * left;
      r7 += b[3] * right;
    }
    workgroupBarrier();
  }

  let row = first_row + down * 8u;
  //: repeat i 8
  store(row + $iu, panel, across, l$i, r$i);
  //: end
}
