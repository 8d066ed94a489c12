// The tokens of pictures before the first layer: leading ones as they are, patches with what their
// place adds.
// Specification: lookalike_encoders' transformer::Sequence.

struct Params {
  rows: u32,
  stride: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> patches: array<f32>;
// The leading tokens, and behind them what places add.
@group(0) @binding(2) var<storage, read> starts: array<f32>;
// Of each token its patch, or 2^32 - 1, and its start.
@group(0) @binding(3) var<storage, read> tokens: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.x + group.y * 32768u;
  if row >= p.rows {
    return;
  }
  let token = tokens[row];
  for (var i = thread; i < p.stride; i += 64u) {
    var value = 0.0;
    if token.y != 0xffffffffu {
      value = starts[token.y * p.stride + i];
    }
    if token.x != 0xffffffffu {
      value += patches[token.x * p.stride + i];
    }
    results[row * p.stride + i] = value;
  }
}
