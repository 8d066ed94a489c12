#!/bin/sh
# The whole training, from nothing to models/builtin/*.safetensors: one command, resumable at every
# step. WORK (default target/training) takes about 10 GB.
set -eu
cd "$(dirname "$0")/../../.."
here=models/builtin/training
work=${WORK:-target/training}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet -r $here/requirements.txt
fi
cargo build --release --locked -p lookalike-cli
cargo build --release --locked -p lookalike-imaging --example letterboxes
if [ ! -f "$work/set/ground-truth.json" ]; then
    rm -rf "$work/set"
    target/release/lookalike synth --out "$work/set" --patents 2400 --near 1 --photos 1 --seed 1001
fi
if [ ! -f "$work/packed/designs.json" ]; then
    "$work/venv/bin/python" $here/material.py "$work/set" target/release/examples/letterboxes "$work/packed"
fi
"$work/venv/bin/python" $here/train.py "$work/packed" "$work/run"
"$work/venv/bin/python" $here/export.py "$work/run" models/builtin
