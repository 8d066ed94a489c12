"""The pictures of golden values, which the Rust tests make again."""

import numpy as np


def pixels(seed, width, height):
    """Smooth colour gradients with noise, uint8, height x width x 3: see fixtures/dinov2/README.md."""
    count = height * width * 3
    state = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(seed * 1_000_003)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    noise = (state >> np.uint64(56)).astype(np.int64).reshape(height, width, 3)
    y, x, c = np.indices((height, width, 3))
    return ((y * (3 + c) + x * (5 - c) + noise // 2) % 256).astype(np.uint8)
