"""transformers' model in PyTorch: scaled dot product attention, inference mode."""

import torch
from transformers import Dinov2Model


class ClassToken(torch.nn.Module):
    """Pixels [batch, 3, size, size] to class tokens [batch, hidden]."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixels):
        return self.model(pixel_values=pixels).last_hidden_state[:, 0]


def class_token_model(case):
    return ClassToken(Dinov2Model.from_pretrained(case.folder, attn_implementation="sdpa")).eval()


def load(case, pixels, threads, precision, compiled=False):
    torch.set_num_threads(threads)
    dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[precision]
    model = class_token_model(case).to(dtype)
    values = torch.from_numpy(pixels).to(dtype)
    if compiled:
        # With frozen weights, packed ahead: PyTorch's own advice for inference on a CPU.
        model = torch.compile(model, options={"freezing": True})

    def run():
        with torch.inference_mode():
            return model(values).float().numpy()

    return run
