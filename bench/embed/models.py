"""Models of real size with random weights, made where they are missing."""

import sys

import processes
from cases import MODELS, ROOT


def ensure(folders):
    missing = [folder.name for folder in folders if not (folder / "model.safetensors").exists()]
    if not missing:
        return
    # Weights that matter (attention far from flat) and the processor's settings come from there.
    print(f"making {', '.join(missing)} with random weights", file=sys.stderr)
    script = ROOT / "tools" / "golden_dinov2.py"
    processes.output([sys.executable, str(script), "models", str(MODELS)])
