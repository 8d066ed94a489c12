// The pixels of patches as the rows that a product reads, normalised: `(level / 255 - mean) / deviation`.
// Colours of a pixel lie side by side, as in the picture. Pixels beyond the picture are zero.
// Specification: the unfolding of the patch embedding and of the stem in lookalike-encoders.

struct Params {
  rows: u32,
  // Side of a patch in pixels.
  side: u32,
  // Values of a row of the results.
  stride: u32,
  pad: u32,
  mean: vec4<f32>,
  deviation: vec4<f32>,
}

// Where a patch lies in its picture.
struct Patch {
  // First byte of the picture, its width and height, and the patch's left upper pixel.
  start: u32,
  width: u32,
  height: u32,
  left: i32,
  top: i32,
}

@group(0) @binding(0) var<uniform> p: Params;
// Bytes of pictures, four a word.
@group(0) @binding(1) var<storage, read> pixels: array<u32>;
@group(0) @binding(2) var<storage, read> patches: array<Patch>;
@group(0) @binding(3) var<storage, read_write> results: array<$T>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.x + group.y * 32768u;
  if row >= p.rows {
    return;
  }
  let patch_ = patches[row];
  let count = p.side * p.side * 3u;
  for (var i = thread; i < p.stride; i += 64u) {
    var value = 0.0;
    let pixel = i / 3u;
    let colour = i % 3u;
    let x = patch_.left + i32(pixel % p.side);
    let y = patch_.top + i32(pixel / p.side);
    if i < count && x >= 0 && y >= 0 && x < i32(patch_.width) && y < i32(patch_.height) {
      let byte = patch_.start + (u32(y) * patch_.width + u32(x)) * 3u + colour;
      let level = (pixels[byte / 4u] >> (byte % 4u * 8u)) & 255u;
      value = (f32(level) / 255.0 - p.mean[colour]) / p.deviation[colour];
    }
    results[row * p.stride + i] = $T(value);
  }
}
