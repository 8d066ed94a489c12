"""Golden values of vision transformers, from transformers with random weights.

    pip install -r tools/requirements-golden.txt
    python tools/golden_dinov2.py fixtures       # rewrites fixtures/dinov2
    python tools/golden_dinov2.py models DIR     # real sizes, for checks by hand: DIR is git-ignored

Each fixture folder holds a model and `golden.json`: for each input the side lengths and the
seed of its pixels, and the file (float32, little-endian) of the final tokens that transformers
computes in float32: class token, then patches, registers left out. Pixels come from a
generator that the Rust tests repeat.

Weights are larger than a fresh model's: with those, attention is almost flat, and a wrong
softmax would go unnoticed.
"""

import argparse
import json
import shutil
from pathlib import Path

import ml_dtypes
import numpy as np
import torch
from golden_pixels import pixels
from safetensors.torch import save_file
from transformers import (
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
)

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures" / "vit"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def pixel_values(images):
    """Normalised as DINOv2's processor does: batch x 3 x height x width."""
    x = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


@torch.no_grad()
def randomise(model, seed):
    """Gives every parameter a value that matters, and attention logits of several units."""
    generator = torch.Generator().manual_seed(seed)

    def normal(p, deviation, mean=0.0):
        p.copy_(torch.randn(p.shape, generator=generator) * deviation + mean)

    for name, p in sorted(model.named_parameters()):
        if "norm" in name and name.endswith("weight"):
            normal(p, 0.2, 1.0)
        elif "lambda1" in name:
            normal(p, 0.1, 0.4)
        elif "q_proj.weight" in name or "k_proj.weight" in name:
            normal(p, 1.6 * p.shape[1] ** -0.5)
        elif p.dim() >= 2 and "embeddings." not in name:
            normal(p, p.shape[1] ** -0.5)
        elif "projection.weight" in name:
            normal(p, 0.5 * (p.numel() / p.shape[0]) ** -0.5)
        elif "token" in name or "position" in name:
            normal(p, 0.3)
        else:
            normal(p, 0.1)


@torch.no_grad()
def final_tokens(model, image):
    hidden = model(pixel_values=pixel_values([image])).last_hidden_state[0]
    registers = getattr(model.config, "num_register_tokens", 0)
    return torch.cat([hidden[:1], hidden[1 + registers :]]).numpy().astype("<f4")


def make(kind, seed, **settings):
    config_class, model_class = {
        "dinov2": (Dinov2Config, Dinov2Model),
        "registers": (Dinov2WithRegistersConfig, Dinov2WithRegistersModel),
    }[kind]
    model = model_class(config_class(**settings)).eval().float()
    randomise(model, seed)
    return model


def golden(model, folder, sizes):
    inputs = []
    for seed, (width, height) in enumerate(sizes, start=1):
        file = f"tokens-{width}x{height}.f32"
        tokens = final_tokens(model, pixels(seed, width, height))
        (folder / file).write_bytes(tokens.tobytes())
        inputs.append({"width": width, "height": height, "seed": seed, "tokens": file})
    versions = {"torch": torch.__version__, "made_by": "tools/golden_dinov2.py"}
    text = json.dumps({"versions": versions, "inputs": inputs}, indent=1)
    (folder / "golden.json").write_text(text + "\n")


def save(model, folder, **options):
    """Saves, and drops what differs from run to run or would only be noise in the diff."""
    model.save_pretrained(folder, **options)
    path = folder / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config, indent=1) + "\n")


def hub_tensors(model, folder):
    """The parameters under the names that files on the hub have."""
    from safetensors.torch import load_file

    model.save_pretrained(folder)
    return load_file(folder / "model.safetensors")


def fresh(name):
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def fixtures():
    # Heads of 20 and rows of 40 elements fill no register; a trained grid of 4 x 4: the same, non-square, below, above, a single patch.
    sizes = [(56, 56), (84, 42), (28, 42), (112, 98), (14, 14)]
    small = {"hidden_size": 40, "num_hidden_layers": 2, "num_attention_heads": 2}
    small |= {"image_size": 56, "patch_size": 14}

    folder = fresh("gelu")
    model = make("dinov2", 1, **small, layer_norm_eps=1e-5)
    save(model, folder)
    golden(model, folder, sizes)

    folder = fresh("swiglu-registers")
    model = make("registers", 2, **small, use_swiglu_ffn=True, num_register_tokens=4)
    save(model, folder)
    golden(model, folder, sizes)

    folder = fresh("swiglu-no-bias")
    model = make("dinov2", 3, **small, use_swiglu_ffn=True, qkv_bias=False)
    save(model, folder)
    golden(model, folder, sizes[:2])

    folder = fresh("registers-sharded")
    model = make("registers", 4, **small, num_register_tokens=2)
    save(model, folder, max_shard_size="100KB")
    assert (folder / "model.safetensors.index.json").exists()
    golden(model, folder, sizes)

    # Half precision: transformers computes in f32 with the rounded weights.
    tiny = small | {"num_hidden_layers": 1}
    for name, dtype in [("f16", torch.float16), ("bf16", torch.bfloat16)]:
        folder = fresh(name)
        model = make("dinov2", 5, **tiny)
        save(model.to(dtype), folder)
        golden(model.float(), folder, sizes[:2])

    # Archives: heads are 64 wide there. With and without prefix, compressed and not.
    wide = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 1}
    wide |= {"image_size": 28, "patch_size": 7, "mlp_ratio": 2}
    for name, kind, prefix, dtype, options in [
        ("npz", "dinov2", "", np.float32, {}),
        ("npz-prefix-f16", "registers", "dinov2.", np.float16, {"num_register_tokens": 3}),
        ("npz-bf16", "dinov2", "model.", ml_dtypes.bfloat16, {"use_swiglu_ffn": True}),
        ("npz-state-dict", "registers", "", np.float32, {"use_swiglu_ffn": True}),
    ]:
        folder = fresh(name)
        model = make(kind, 6, **wide, **options)
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(torch.from_numpy(p.numpy().astype(dtype).astype(np.float32)))
        if name == "npz-state-dict":
            tensors = model.state_dict()
        else:
            tensors = hub_tensors(model, folder)
        arrays = {prefix + key: value.numpy().astype(dtype) for key, value in tensors.items()}
        write = np.savez_compressed if dtype == np.float16 else np.savez
        write(folder / "model.npz", **arrays)
        for file in ["config.json", "model.safetensors"]:
            (folder / file).unlink(missing_ok=True)
        golden(model, folder, sizes[:3])


def models(target):
    """Randomly initialised models of real size with golden values at 518 and 224 pixels."""
    sizes = [(518, 518), (224, 224), (518, 336)]
    for name, kind, settings in [
        ("dinov2-small", "dinov2", {"hidden_size": 384, "num_attention_heads": 6}),
        ("dinov2-base", "dinov2", {}),
        ("dinov2-with-registers-small", "registers", {"hidden_size": 384, "num_attention_heads": 6}),
    ]:
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        model = make(kind, 7, **settings, image_size=518, patch_size=14)
        save(model, folder)
        processor = {
            "crop_size": {"height": 224, "width": 224},
            "do_center_crop": True,
            "do_convert_rgb": True,
            "do_normalize": True,
            "do_rescale": True,
            "do_resize": True,
            "image_mean": MEAN,
            "image_processor_type": "BitImageProcessor",
            "image_std": STD,
            "resample": 3,
            "rescale_factor": 0.00392156862745098,
            "size": {"shortest_edge": 256},
        }
        (folder / "preprocessor_config.json").write_text(json.dumps(processor, indent=2) + "\n")
        golden(model, folder, sizes)
        print(folder)


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
