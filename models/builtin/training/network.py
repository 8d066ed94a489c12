"""The network: a vision transformer of DINOv2's architecture, small.

Written out rather than taken from `transformers`, so that query, key and value are one product and
the position embeddings can be read at any input size. `export.py` gives the weights the names that
the architecture has on the hub; a test there holds both to the same output.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)

INK = 30
"""How strongly patches start out. A line of a sheet is a third of a pixel wide at 224 px, a faint
grey on white: with embeddings of the usual size the positions drown it, and hundreds of steps pass
before anything is learned."""


class Shape:
    """The sizes. Chosen for a fifth of dinov2-small's time at 224 px: 9 layers of 10 d^2 weights
    against 12 layers of 12 (2d)^2 are 16 % of its products, and the attention 38 %."""

    dim = 192
    layers = 9
    heads = 3
    mlp = 576
    patch = 14
    image = 224
    epsilon = 1e-6


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads = shape.heads
        self.norm1 = nn.LayerNorm(shape.dim, eps=shape.epsilon)
        self.qkv = nn.Linear(shape.dim, 3 * shape.dim)
        self.out = nn.Linear(shape.dim, shape.dim)
        self.scale1 = nn.Parameter(torch.ones(shape.dim))
        self.norm2 = nn.LayerNorm(shape.dim, eps=shape.epsilon)
        self.fc1 = nn.Linear(shape.dim, shape.mlp)
        self.fc2 = nn.Linear(shape.mlp, shape.dim)
        self.scale2 = nn.Parameter(torch.ones(shape.dim))

    def forward(self, x):
        images, tokens, dim = x.shape
        size = dim // self.heads
        qkv = self.qkv(self.norm1(x)).view(images, tokens, 3, self.heads, size)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).reshape(3, images * self.heads, tokens, size)
        # On a CPU the backward pass of torch's fused attention takes six times as long as this.
        weights = torch.bmm(q * size**-0.5, k.transpose(1, 2)).softmax(-1)
        mixed = torch.bmm(weights, v).view(images, self.heads, tokens, size)
        mixed = mixed.transpose(1, 2).reshape(images, tokens, dim)
        x = x + self.out(mixed) * self.scale1
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x)))) * self.scale2


class Encoder(nn.Module):
    """Normalised pixels [images, 3, side, side] to class tokens [images, dim]."""

    def __init__(self, shape=Shape):
        super().__init__()
        self.shape = shape
        self.grid = shape.image // shape.patch
        self.patches = nn.Linear(3 * shape.patch**2, shape.dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, shape.dim))
        self.positions = nn.Parameter(torch.zeros(1, 1 + self.grid**2, shape.dim))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.dim, eps=shape.epsilon)
        self.start()

    @torch.no_grad()
    def start(self):
        """Initial weights, such that learning starts at once: see "The start" in EXPERIMENTS.md."""
        dim = self.shape.dim
        for block in self.blocks:
            for linear in (block.qkv, block.out, block.fc1, block.fc2):
                nn.init.trunc_normal_(linear.weight, std=linear.in_features**-0.5)
                nn.init.zeros_(linear.bias)
            block.out.weight.mul_(len(self.blocks) ** -0.5)
            block.fc2.weight.mul_(len(self.blocks) ** -0.5)
        self.patches.weight.copy_(INK * cosine_patches(dim, self.shape.patch))
        # White paper is most of a drawing: it starts as nothing, so that what is drawn stands out.
        white = normalised(torch.ones(3, self.shape.patch, self.shape.patch)).flatten()
        self.patches.bias.copy_(-self.patches.weight @ white)
        self.positions.copy_(0.3 * sine_positions(self.grid, dim))
        nn.init.normal_(self.cls, std=0.1)

    def forward(self, pixels, keep=None):
        """`keep`: read only so many patches of each picture, see `worth_reading`."""
        patch = self.shape.patch
        images, channels, height, width = pixels.shape
        side = width // patch
        patches = pixels.view(images, channels, side, patch, side, patch)
        patches = patches.permute(0, 2, 4, 1, 3, 5).reshape(images, side * side, -1)
        positions = self.grid_positions(side)
        if keep is not None and keep < side * side:
            kept = worth_reading(patches, keep)
            patches = patches.gather(1, kept[..., None].expand(-1, -1, patches.shape[-1]))
            positions = positions[0][kept]
        x = self.patches(patches) + positions
        cls = (self.cls + self.positions[:, :1]).expand(len(x), -1, -1)
        x = torch.cat([cls.to(x.dtype), x], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x[:, 0])

    def grid_positions(self, side):
        """As the reference interpolates them: bicubic, half-pixel centres."""
        positions = self.positions[:, 1:]
        if side == self.grid:
            return positions
        square = positions.view(1, self.grid, self.grid, -1).permute(0, 3, 1, 2)
        square = F.interpolate(square, size=(side, side), mode="bicubic", align_corners=False)
        return square.permute(0, 2, 3, 1).reshape(1, side * side, -1)


def worth_reading(patches, keep):
    """[images, keep]: which patches to read. Most of a sheet is blank, and training on what is drawn
    and a few blanks costs a third; of pictures with more than that, a random part is read."""
    # Within a channel: white differs from channel to channel once it is normalised.
    drawn = (patches.unflatten(2, (3, -1)).std(3).amax(2) > 0.05).float()
    return (drawn + 1.15 * torch.rand_like(drawn)).topk(keep, dim=1).indices


def cosine_patches(dim, patch):
    """[dim, 3 * patch^2]: the lowest two-dimensional cosines of a patch's brightness, turned."""
    at = (torch.arange(patch) + 0.5) / patch
    waves = torch.cos(math.pi * torch.arange(patch)[:, None] * at)
    order = sorted(
        ((u, v) for u in range(patch) for v in range(patch)),
        key=lambda uv: (uv[0] ** 2 + uv[1] ** 2, uv),
    )[:dim]
    rows = torch.stack([torch.outer(waves[u], waves[v]).flatten() for u, v in order])
    rows = rows / rows.norm(dim=1, keepdim=True)
    turn, _ = torch.linalg.qr(torch.randn(dim, dim))
    colours = torch.randn(dim, 3) * 0.5 + 1
    return (colours[:, :, None] * (turn @ rows)[:, None]).reshape(dim, -1) / 3


def sine_positions(grid, dim):
    """[1, 1 + grid^2, dim]: two-dimensional sines and cosines; the class token has zeros."""
    frequency = 1 / 100 ** (torch.arange(dim // 4) / (dim // 4))
    angles = torch.arange(grid)[:, None] * frequency
    line = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows = line[:, None].expand(grid, grid, -1)
    columns = line[None].expand(grid, grid, -1)
    square = torch.cat([rows, columns], dim=2).reshape(grid * grid, dim)
    return torch.cat([torch.zeros(1, dim), square])[None]


def normalised(pixels):
    """RGB in [0, 1] as the network takes it."""
    mean = pixels.new_tensor(MEAN).view(3, 1, 1)
    std = pixels.new_tensor(STD).view(3, 1, 1)
    return (pixels - mean) / std
