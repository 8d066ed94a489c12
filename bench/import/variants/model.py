"""What both variants do around the model."""

import torch

# Sheets in a forward pass.
BATCH = 8


def batches(values):
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def unit(class_tokens):
    return torch.nn.functional.normalize(class_tokens.float(), dim=1).numpy()
