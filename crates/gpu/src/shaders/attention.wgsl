// softmax(queries * keys^T * scale) * values, for 64 queries of one head a workgroup, without the
// matrix of all logits: keys go by in blocks, a query carries its greatest logit and its sum.
// Specification: lookalike_kernels::attend and attend_causally, portable.
//
// Queries, keys and values of a token lie side by side, `row` fours in all, each head filled up to
// a multiple of four values with zeros.

struct Params {
  // Fours of a row of queries, keys and values, and of all heads.
  row: u32,
  width: u32,
  scale: f32,
  causal: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> qkv: array<vec4<$T>>;
// Of each block of queries: the first row of its sequence, the number of its tokens, and the first
// query among them.
@group(0) @binding(2) var<storage, read> blocks: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> results: array<vec4<$T>>;

// Fours of a head.
const SIZE = $SIZEu;
// Keys of a block, a multiple of eight.
const KEYS = $KEYSu;
const LOWEST = -3.0e38;

var<workgroup> keys: array<vec4<$T>, $TILE>;
var<workgroup> values: array<vec4<$T>, $TILE>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let block = blocks[group.x];
  let first = block.x;
  let count = block.y;
  let own = block.z + thread;
  let head = group.y * SIZE;
  let query = (first + min(own, count - 1u)) * p.row + head;
  //: repeat i SIZE
  let q$i = vec4<f32>(qkv[query + $iu]) * p.scale;
  var o$i = vec4<f32>();
  //: end
  var greatest = LOWEST;
  var sum = 0.0;

  var seen = count;
  if p.causal == 1u {
    // No query of this block sees more.
    seen = min(count, block.z + 64u);
  }
  for (var start = 0u; start < seen; start += KEYS) {
    workgroupBarrier();
    for (var i = thread; i < KEYS * SIZE; i += 64u) {
      let key = min(start + i / SIZE, count - 1u);
      let place = (first + key) * p.row + p.width + head + i % SIZE;
      keys[i] = qkv[place];
      values[i] = qkv[place + p.width];
    }
    workgroupBarrier();
    for (var eight = 0u; eight < KEYS; eight += 8u) {
      //: repeat j 8
      var s$j = LOWEST;
      //: end
      let key = start + eight;
      let tile = eight * SIZE;
      //: repeat j 8
      if key + $ju < count && (p.causal == 0u || key + $ju <= own) {
        let k = tile + $ju * SIZE;
        s$j = $DOT;
      }
      //: end
      let next = max(greatest, max(max(max(s0, s1), max(s2, s3)), max(max(s4, s5), max(s6, s7))));
      if next > LOWEST {
        let factor = exp(greatest - next);
        greatest = next;
        //: repeat j 8
        let e$j = select(0.0, exp(s$j - next), s$j > LOWEST);
        //: end
        sum = sum * factor + (((e0 + e1) + (e2 + e3)) + ((e4 + e5) + (e6 + e7)));
        //: repeat i SIZE
        o$i = o$i * factor + $VALUES;
        //: end
      }
    }
  }
  if own < count {
    let place = (first + own) * p.width + head;
    //: repeat i SIZE
    results[place + $iu] = vec4<$T>(o$i / sum);
    //: end
  }
}
