"""Models of real size with random weights, made where they are missing."""

import sys

import processes
from cases import MODELS, ROOT

# Weights that matter (attention far from flat) and the processors' settings come from there.
SCRIPTS = {
    "dinov2": ["golden_dinov2.py", "models", str(MODELS)],
    "dinov3": ["golden_dinov3.py", "models", str(MODELS)],
    "siglip2": ["golden_siglip.py", "models", str(MODELS)],
    "clip": ["golden_clip.py", "models", str(MODELS), "--only", "clip-vit-b-32"],
}


def ensure(folders):
    missing = {folder.name for folder in folders if not (folder / "model.safetensors").exists()}
    for family in sorted({name.split("-")[0] for name in missing}):
        script, *arguments = SCRIPTS[family]
        print(f"making {family} with random weights", file=sys.stderr)
        processes.output([sys.executable, str(ROOT / "tools" / script), *arguments])
