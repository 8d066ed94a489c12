"""Golden values of DINOv3's vision transformers, from transformers with random weights.

    pip install -r tools/requirements-golden.txt
    python tools/golden_dinov3.py fixtures       # rewrites fixtures/dinov3
    python tools/golden_dinov3.py models DIR     # real sizes, for checks by hand: DIR is git-ignored

Folders are as those of golden_dinov2.py, whose pixels and weights they have too.
"""

import argparse
import json
import shutil
from pathlib import Path

import golden_dinov2
import torch
from golden_pixels import pixels
from safetensors.torch import load_file, save_file
from transformers import DINOv3ViTConfig, DINOv3ViTModel

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "dinov3"


def make(seed, **settings):
    model = DINOv3ViTModel(DINOv3ViTConfig(**settings)).eval().float()
    golden_dinov2.randomise(model, seed)
    with torch.no_grad():
        weight = model.embeddings.patch_embeddings.weight
        weight.copy_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(seed)))
        weight *= 0.5 * (weight.numel() / weight.shape[0]) ** -0.5
    return model


@torch.no_grad()
def golden(model, folder, sizes):
    inputs = []
    registers = model.config.num_register_tokens
    for seed, (width, height) in enumerate(sizes, start=1):
        file = f"tokens-{width}x{height}.f32"
        values = golden_dinov2.pixel_values([pixels(seed, width, height)])
        hidden = model(pixel_values=values).last_hidden_state[0]
        tokens = torch.cat([hidden[:1], hidden[1 + registers :]]).numpy().astype("<f4")
        (folder / file).write_bytes(tokens.tobytes())
        inputs.append({"width": width, "height": height, "seed": seed, "tokens": file})
    versions = {"torch": torch.__version__, "made_by": "tools/golden_dinov3.py"}
    text = json.dumps({"versions": versions, "inputs": inputs}, indent=1)
    (folder / "golden.json").write_text(text + "\n")


def save(model, folder, older_names=False):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    golden_dinov2.save(model, folder)
    file = folder / "model.safetensors"
    tensors = load_file(file)
    print(folder, next(name for name in tensors if "layer." in name))
    if older_names:
        tensors = {name.removeprefix("model."): x for name, x in tensors.items()}
    else:
        tensors = {
            "model." + name if name.startswith("layer.") else name: x for name, x in tensors.items()
        }
    save_file(tensors, file)


def fixtures():
    # The size that it was made for, non-square, below and above, a single patch.
    sizes = [(64, 64), (96, 48), (32, 48), (128, 112), (16, 16)]
    small = {"num_hidden_layers": 2, "image_size": 64, "patch_size": 16}
    # Heads of 20 values: attention outside of tiles.
    folder = FIXTURES / "plain"
    model = make(1, **small, hidden_size=40, num_attention_heads=2, intermediate_size=96)
    save(model, folder)
    golden(model, folder, sizes)
    # Heads of 64 values, registers, a gated half, names as on the hub.
    folder = FIXTURES / "gated"
    settings = {"hidden_size": 128, "num_attention_heads": 2, "intermediate_size": 96}
    gated = {"use_gated_mlp": True, "hidden_act": "silu", "num_register_tokens": 4}
    model = make(2, **small, **settings, **gated)
    save(model, folder, older_names=True)
    golden(model, folder, sizes)


def models(target):
    """Random weights of real shape."""
    registers = {"num_register_tokens": 4}
    base = {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
    large = {"hidden_size": 1024, "num_attention_heads": 16, "intermediate_size": 4096}
    for name, settings in [
        ("dinov3-small", {}),
        ("dinov3-small-plus", {"use_gated_mlp": True, "hidden_act": "silu"}),
        ("dinov3-base", base),
        ("dinov3-large", large | {"num_hidden_layers": 24}),
    ]:
        model = make(7, **registers, **settings)
        save(model, target / name, older_names=True)
        golden(model, target / name, [(224, 224), (512, 336)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fixtures", "models"])
    parser.add_argument("target", nargs="?", type=Path, help="where real sizes go")
    arguments = parser.parse_args()
    # One thread: the order of sums, and so the last digit, would depend on their number.
    torch.set_num_threads(1)
    if arguments.what == "fixtures":
        fixtures()
    elif arguments.target is None:
        parser.error("models needs a target folder")
    else:
        models(arguments.target)


if __name__ == "__main__":
    main()
