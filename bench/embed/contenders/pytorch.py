"""transformers' model in PyTorch: scaled dot product attention, inference mode."""

import torch
from transformers import CLIPModel, Dinov2Model, DINOv3ViTModel, SiglipModel


class Embedding(torch.nn.Module):
    """Pixels [batch, 3, size, size] or tokens [batch, size] to embeddings [batch, dim]."""

    def __init__(self, model, embed):
        super().__init__()
        self.model = model
        self.embed = embed

    def forward(self, inputs):
        return self.embed(self.model, inputs)


def class_token(model, pixels):
    return model(pixel_values=pixels).last_hidden_state[:, 0]


def projected_picture(model, pixels):
    return model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)


def projected_text(model, tokens):
    return model.text_projection(model.text_model(input_ids=tokens).pooler_output)


def pooled_picture(model, pixels):
    return model.vision_model(pixel_values=pixels).pooler_output


CLASSES = {
    "small": (Dinov2Model, class_token),
    "base": (Dinov2Model, class_token),
    "dinov3": (DINOv3ViTModel, class_token),
    "clip": (CLIPModel, projected_picture),
    "clip-text": (CLIPModel, projected_text),
    "siglip2": (SiglipModel, pooled_picture),
}


def embedding_model(case):
    kind, embed = CLASSES[case.name]
    model = kind.from_pretrained(case.folder, attn_implementation="sdpa")
    return Embedding(model, embed).eval()


def load(case, inputs, threads, precision, compiled=False, device="cpu"):
    torch.set_num_threads(threads)
    if device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("this PyTorch finds no CUDA card")
    dtypes = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}
    dtype = dtypes[precision]
    model = embedding_model(case).to(device, dtype)
    values = torch.from_numpy(inputs).to(device)
    values = values if case.is_text else values.to(dtype)
    if compiled:
        # With frozen weights, packed ahead: PyTorch's own advice for inference on a CPU; on a card
        # with CUDA graphs.
        options = {"freezing": True} if device == "cpu" else {"triton.cudagraphs": True}
        model = torch.compile(model, options=options)

    def run():
        with torch.inference_mode():
            return model(values).float().cpu().numpy()

    return run
