// Some rows of a matrix, one after another.

struct Params {
  rows: u32,
  stride: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<$T>;
@group(0) @binding(2) var<storage, read> wanted: array<u32>;
@group(0) @binding(3) var<storage, read_write> results: array<$T>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.x + group.y * 32768u;
  if row >= p.rows {
    return;
  }
  for (var i = thread; i < p.stride; i += 64u) {
    results[row * p.stride + i] = x[wanted[row] * p.stride + i];
  }
}
