"""Muon for the matrices inside the blocks, AdamW for everything else.

Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) replaces a matrix's momentum
by the nearest orthogonal matrix, found by five Newton-Schulz steps. Equal shapes are stepped as
one batch.
"""

import torch

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonal(matrices):
    """[n, rows, columns] to about orthogonal ones, singular values within 0.7 to 1.2."""
    a, b, c = COEFFICIENTS
    x = matrices.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    if tall:
        x = x.transpose(1, 2)
    return x.to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.0):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            shapes = {}
            for parameter in group["params"]:
                state = self.state[parameter]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(parameter)
                momentum = state["momentum"]
                momentum.lerp_(parameter.grad, 1 - group["momentum"])
                ahead = parameter.grad.lerp(momentum, group["momentum"])
                shapes.setdefault(parameter.shape, []).append((parameter, ahead))
            for (rows, columns), members in shapes.items():
                steps = orthogonal(torch.stack([ahead for _, ahead in members]))
                reach = group["lr"] * max(1, rows / columns) ** 0.5
                for (parameter, _), step in zip(members, steps):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(step, alpha=-reach)


def optimisers(encoder, lr):
    """Both optimisers; `lr` is Muon's, AdamW's follows from it."""
    matrices, others = [], []
    for name, parameter in encoder.named_parameters():
        inside = name.startswith("blocks.") and parameter.ndim == 2
        (matrices if inside else others).append(parameter)
    return [
        Muon(matrices, lr=lr, weight_decay=0.02),
        torch.optim.AdamW(others, lr=lr * 0.1, betas=(0.9, 0.98), weight_decay=0.01),
    ]
