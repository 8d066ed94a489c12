// Queries and keys turned by the angles of their token's place, in place.
// Specification: lookalike_encoders' transformer::rotary.

struct Params {
  rows: u32,
  // Values of a row of queries, keys and values, of all heads together, and of half a head.
  stride: u32,
  width: u32,
  half: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
// Cosines and sines side by side, half a head of them a row.
@group(0) @binding(1) var<storage, read> angles: array<vec2<f32>>;
// Of each token its row of angles, or 2^32 - 1.
@group(0) @binding(2) var<storage, read> tokens: array<u32>;
@group(0) @binding(3) var<storage, read_write> qkv: array<$T>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.x + group.y * 32768u;
  if row >= p.rows || tokens[row] == 0xffffffffu {
    return;
  }
  let start = row * p.stride;
  // Heads of queries, then those of keys.
  for (var i = thread; i < p.width; i += 64u) {
    let place = start + i / p.half * 2u * p.half + i % p.half;
    let angle = angles[tokens[row] * p.half + i % p.half];
    let a = f32(qkv[place]);
    let b = f32(qkv[place + p.half]);
    qkv[place] = $T(a * angle.x - b * angle.y);
    qkv[place + p.half] = $T(b * angle.x + a * angle.y);
  }
}
