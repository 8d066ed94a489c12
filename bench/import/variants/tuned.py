"""What somebody gets out of PyTorch who cares: two processes that decode ahead, and bf16."""

import multiprocessing

import numpy as np
import torch
from transformers import Dinov2Model

import sheet
from layout import MODEL
from variants.model import BATCH, batches, unit

POOL = 2
# Sheets that a process takes at a time.
CHUNK = 4


class Pipeline:
    def __init__(self, size, thumbnails):
        self.model = Dinov2Model.from_pretrained(MODEL, dtype=torch.bfloat16).eval()
        self._size = size
        self._thumbnails = thumbnails
        # Fresh ones: forked from a process with PyTorch's threads they may hang.
        context = multiprocessing.get_context("spawn")
        self._pool = context.Pool(POOL)
        self.processes = [process.pid for process in multiprocessing.active_children()]
        self._mean = torch.from_numpy(sheet.MEAN).reshape(1, 3, 1, 1)
        self._std = torch.from_numpy(sheet.STD).reshape(1, 3, 1, 1)

    def warm_up(self, file):
        # As many as make both processes import what they need.
        for _ in self.embeddings([file] * 2 * BATCH):
            pass

    def embeddings(self, files):
        jobs = [(file, self._thumbnails, self._size) for file in files]
        prepared = self._pool.imap(sheet.prepare_in_pool, jobs, chunksize=CHUNK)
        for some in batches(files):
            rows = [next(prepared) for _ in some]
            levels = torch.from_numpy(np.stack([levels for _, levels in rows]))
            pixels = (levels.permute(0, 3, 1, 2).float() / 255 - self._mean) / self._std
            with torch.inference_mode():
                tokens = self.model(pixel_values=pixels.bfloat16()).last_hidden_state
            for file, (md5, _), embedding in zip(some, rows, unit(tokens[:, 0])):
                yield file, md5, embedding

    def close(self):
        self._pool.terminate()
        self._pool.join()
