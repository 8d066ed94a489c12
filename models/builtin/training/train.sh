#!/bin/sh
# The whole training, from nothing to models/builtin: one command, resumable at every step.
# WORK (default target/training) takes about 12 GB. REAL, if there, is measured at the end.
set -eu
cd "$(dirname "$0")/../../.."
here=models/builtin/training
work=${WORK:-target/training}
material=$work/material
mkdir -p "$material" "$work/features"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet -r $here/requirements.txt
fi
python=$work/venv/bin/python
$here/packages.sh "$work/packages"
if [ ! -f "$material/sheets.npz" ]; then
    cargo build --release --locked -p lookalike-cli
    rm -rf "$work/set"
    target/release/lookalike synth --out "$work/set" --patents 160 --photos 2 --seed 3001
    "$python" $here/sheets.py "$work/set" "$material"
fi
[ -f "$material/pictures.npz" ] || "$python" $here/pictures.py "$work/packages" "$material"
for shard in 0 1; do
    [ -f "$material/solids_$shard.npz" ] ||
        "$python" $here/drawings.py "$work/packages" "$material" $shard 2 &
done
wait
"$python" $here/features.py "$work/features" "$material"/solids_0.npz "$material"/solids_1.npz \
    "$material"/sheets.npz "$material"/pictures.npz
"$python" $here/train.py "$work/features" "$work/run"
"$python" $here/export.py "$material" "$work/run/mean_200.pt" "$work/final" 320
[ ! -d "${REAL:-}" ] || "$python" $here/evaluate.py "$REAL" "$work/final"
