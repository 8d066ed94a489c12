"""Writes weights as the program ships them: f16, named as DINOv2's are on the hub.

    python export.py RUN OUT            # the trained encoder of a run
    python export.py --start OUT        # the network before training, for comparisons

OUT gets model.safetensors, config.json and preprocessor_config.json. What is written is loaded by
`transformers` again and compared with the network here.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import Dinov2Model

from material import HELD_OUT
from network import MEAN, STD, Encoder, Shape, normalised

SEED = 1
SIDE = 112
"""The input size that the weights ship for: what the plan in `train.py` ends with. Positions are
written as the network reads them at that size."""
TOLERANCE = 2e-3
"""Largest difference of an embedding's element, of size about 1: f16 weights on one side."""


def tensors(encoder):
    shape = encoder.shape
    out = {
        "embeddings.cls_token": encoder.cls,
        "embeddings.mask_token": torch.zeros(1, shape.dim),
        "embeddings.position_embeddings": torch.cat(
            [encoder.positions[:, :1], encoder.grid_positions(SIDE // shape.patch)], dim=1
        ),
        "embeddings.patch_embeddings.projection.weight": encoder.patches.weight.view(
            shape.dim, 3, shape.patch, shape.patch
        ),
        "embeddings.patch_embeddings.projection.bias": encoder.patches.bias,
        "layernorm.weight": encoder.norm.weight,
        "layernorm.bias": encoder.norm.bias,
    }
    for number, block in enumerate(encoder.blocks):
        layer = f"encoder.layer.{number}."
        for kind in ("weight", "bias"):
            parts = getattr(block.qkv, kind).chunk(3)
            for name, part in zip(("query", "key", "value"), parts):
                out[f"{layer}attention.attention.{name}.{kind}"] = part
            out[f"{layer}attention.output.dense.{kind}"] = getattr(block.out, kind)
            out[f"{layer}mlp.fc1.{kind}"] = getattr(block.fc1, kind)
            out[f"{layer}mlp.fc2.{kind}"] = getattr(block.fc2, kind)
            out[f"{layer}norm1.{kind}"] = getattr(block.norm1, kind)
            out[f"{layer}norm2.{kind}"] = getattr(block.norm2, kind)
        out[f"{layer}layer_scale1.lambda1"] = block.scale1
        out[f"{layer}layer_scale2.lambda1"] = block.scale2
    return {name: out[name].detach().half().contiguous() for name in sorted(out)}


def configuration(shape, trained):
    return {
        "architectures": ["Dinov2Model"],
        "model_type": "dinov2",
        "hidden_size": shape.dim,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "mlp_ratio": shape.mlp // shape.dim,
        "hidden_act": "gelu",
        "layer_norm_eps": shape.epsilon,
        "image_size": SIDE,
        "patch_size": shape.patch,
        "num_channels": 3,
        "qkv_bias": True,
        "layerscale_value": 1.0,
        "use_swiglu_ffn": False,
        "lookalike": {"trained": trained, "held_out_families": list(HELD_OUT)},
    }


def processor():
    return {
        "do_resize": True,
        "size": {"height": SIDE, "width": SIDE},
        "resample": 3,
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": list(MEAN),
        "image_std": list(STD),
        "image_processor_type": "BitImageProcessor",
    }


@torch.no_grad()
def check(encoder, folder):
    pixels = normalised(torch.rand(2, 3, SIDE, SIDE))
    reference = Dinov2Model.from_pretrained(folder, dtype=torch.float32).eval()
    difference = (reference(pixels).pooler_output - encoder(pixels)).abs().max().item()
    size = (folder / "model.safetensors").stat().st_size
    print(f"{size / 1e6:.2f} MB; largest difference from transformers {difference:.1e}")
    if difference > TOLERANCE:
        raise SystemExit("the exported weights are not the network's")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", action="store_true", help="the network before training")
    arguments = parser.parse_args()
    if arguments.start == (arguments.run is not None):
        parser.error("give a run, or --start")
    torch.manual_seed(SEED)
    encoder = Encoder()
    if arguments.run:
        encoder.load_state_dict(torch.load(arguments.run / "encoder.pt", map_location="cpu"))
    encoder.load_state_dict({name: value.half().float() for name, value in encoder.state_dict().items()})
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors(encoder), arguments.out / "model.safetensors", metadata={"format": "pt"})
    for name, content in [
        ("config.json", configuration(Shape, not arguments.start)),
        ("preprocessor_config.json", processor()),
    ]:
        (arguments.out / name).write_text(json.dumps(content, indent=2) + "\n")
    check(encoder, arguments.out)


if __name__ == "__main__":
    main()
