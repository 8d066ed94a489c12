"""Writes the placeholder weights of the builtin encoder: seeded, untrained.

The architecture is DINOv2's at shipping size. Weights are truncated normals as transformers
initialises them, except where an untrained network profits from structure that is known
beforehand:

- the patch embedding holds the lowest two-dimensional cosine functions of the patch's
  brightness instead of noise, so that tokens start as a compact description of strokes;
- position embeddings are two-dimensional sines and cosines;
- LayerScale starts at 0.1, so that the residual stream still carries the patches at the end;
- the class token and the query and key maps are zero, so that every layer's attention is a
  mean over the image, which the class token collects.

Needs numpy and safetensors. Same versions, same bytes:

    python models/builtin/make_untrained.py
"""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

SEED = 20260101
DIM, LAYERS, HEADS, PATCH, IMAGE, MLP = 192, 12, 3, 14, 224, 768
HERE = Path(__file__).resolve().parent


def truncated_normal(rng, shape, deviation):
    """Normal numbers, drawn again where they are beyond two deviations."""
    values = rng.standard_normal(shape)
    while (beyond := np.abs(values) > 2).any():
        values[beyond] = rng.standard_normal(int(beyond.sum()))
    return values * deviation


def cosine_patches(rng):
    """Rows: the DIM lowest cosine functions over the patch, equal in all channels."""
    position = (np.arange(PATCH) + 0.5) / PATCH
    waves = np.cos(np.pi * np.arange(PATCH)[:, None] * position)
    order = sorted(
        ((u, v) for u in range(PATCH) for v in range(PATCH)), key=lambda uv: (uv[0] ** 2 + uv[1] ** 2, uv)
    )[:DIM]
    rows = np.stack([np.outer(waves[u], waves[v]) for u, v in order])
    rows /= np.linalg.norm(rows, axis=(1, 2), keepdims=True)
    # A rotation spreads the energy of the low frequencies over all elements, which the
    # layer norms need; distances stay as they are.
    rotation, _ = np.linalg.qr(rng.standard_normal((DIM, DIM)))
    rows = (rotation @ rows.reshape(DIM, -1)).reshape(DIM, 1, PATCH, PATCH)
    return np.repeat(rows / 3, 3, axis=1)


def sine_positions():
    """1 + grid * grid rows, the first (of the class token) zero."""
    grid = IMAGE // PATCH
    quarter = DIM // 4
    frequency = 1 / 100 ** (np.arange(quarter) / quarter)
    angles = np.arange(grid)[:, None] * frequency
    line = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    rows = np.repeat(line[:, None], grid, axis=1)
    columns = np.repeat(line[None], grid, axis=0)
    square = np.concatenate([rows, columns], axis=2).reshape(grid * grid, DIM)
    return np.concatenate([np.zeros((1, DIM)), 0.1 * square])


def main():
    rng = np.random.default_rng(SEED)
    tensors = {
        "embeddings.cls_token": np.zeros((1, 1, DIM)),
        "embeddings.mask_token": np.zeros((1, DIM)),
        "embeddings.patch_embeddings.projection.weight": cosine_patches(rng),
        "embeddings.patch_embeddings.projection.bias": np.zeros(DIM),
        "embeddings.position_embeddings": sine_positions()[None],
        "layernorm.weight": np.ones(DIM),
        "layernorm.bias": np.zeros(DIM),
    }
    for layer in range(LAYERS):
        for name, shape, deviation in [
            ("attention.attention.query", (DIM, DIM), 0),
            ("attention.attention.key", (DIM, DIM), 0),
            ("attention.attention.value", (DIM, DIM), DIM**-0.5),
            ("attention.output.dense", (DIM, DIM), DIM**-0.5),
            ("mlp.fc1", (MLP, DIM), DIM**-0.5),
            ("mlp.fc2", (DIM, MLP), MLP**-0.5),
        ]:
            weight = truncated_normal(rng, shape, deviation) if deviation else np.zeros(shape)
            tensors[f"encoder.layer.{layer}.{name}.weight"] = weight
            tensors[f"encoder.layer.{layer}.{name}.bias"] = np.zeros(shape[0])
        for name in ["norm1", "norm2"]:
            tensors[f"encoder.layer.{layer}.{name}.weight"] = np.ones(DIM)
            tensors[f"encoder.layer.{layer}.{name}.bias"] = np.zeros(DIM)
        for name in ["layer_scale1", "layer_scale2"]:
            tensors[f"encoder.layer.{layer}.{name}.lambda1"] = np.full(DIM, 0.1)
    tensors = {name: np.ascontiguousarray(values, np.float16) for name, values in sorted(tensors.items())}
    save_file(tensors, HERE / "model.safetensors")
    config = {
        "architectures": ["Dinov2Model"],
        "model_type": "dinov2",
        "hidden_size": DIM,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "mlp_ratio": MLP // DIM,
        "hidden_act": "gelu",
        "layer_norm_eps": 1e-6,
        "image_size": IMAGE,
        "patch_size": PATCH,
        "num_channels": 3,
        "qkv_bias": True,
        "layerscale_value": 0.1,
        "use_swiglu_ffn": False,
        "lookalike": {"trained": False},
    }
    processor = {
        "do_resize": True,
        "size": {"height": IMAGE, "width": IMAGE},
        "resample": 3,
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "image_processor_type": "BitImageProcessor",
    }
    for name, content in [("config.json", config), ("preprocessor_config.json", processor)]:
        (HERE / name).write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
