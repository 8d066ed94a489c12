"""What one finds in such systems: a loop of Pillow and transformers, in f32."""

import numpy as np
import torch
from transformers import AutoImageProcessor, Dinov2Model

import sheet
from layout import LETTERBOX, MODEL
from variants.model import BATCH, batches, unit


class Pipeline:
    processes = ()

    def __init__(self, size, thumbnails):
        self.model = Dinov2Model.from_pretrained(MODEL).eval()
        self._processor = AutoImageProcessor.from_pretrained(MODEL)
        self._size = size
        self._thumbnails = thumbnails

    def warm_up(self, file):
        for _ in self.embeddings([file] * BATCH):
            pass

    def embeddings(self, files):
        for some in batches(files):
            prepared = [sheet.prepare(file, self._thumbnails) for file in some]
            squares = [square for _, square in prepared]
            with torch.inference_mode():
                tokens = self.model(pixel_values=self._pixels(squares)).last_hidden_state
            for file, (md5, _), embedding in zip(some, prepared, unit(tokens[:, 0])):
                yield file, md5, embedding

    def close(self):
        pass

    def _pixels(self, squares):
        if self._size == LETTERBOX:
            return torch.from_numpy(np.stack([sheet.normalised(square) for square in squares]))
        return self._processor(images=squares, return_tensors="pt")["pixel_values"]
