"""Golden values of SigLIP 2 of fixed resolution, from transformers with random weights.

    pip install -r tools/requirements-golden.txt
    python tools/golden_siglip.py fixtures       # rewrites fixtures/siglip
    python tools/golden_siglip.py models DIR     # real sizes, for checks by hand: DIR is git-ignored

Folders are as those of golden_clip.py; token ids are those of `Siglip2Tokenizer`, filled up to the
model's length. The vocabulary is a byte-fallback BPE with Gemma's special tokens, trained on the texts
of golden_texts.py: Gemma's own can't be had from PyPI.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from golden_clip import randomise
from golden_pixels import pixels
from golden_texts import SOME, THOUSAND
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import Siglip2Tokenizer, SiglipConfig, SiglipModel

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "siglip"
SPECIAL = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]


def pixel_values(seeds, size):
    x = torch.from_numpy(np.stack([pixels(seed, size, size) for seed in seeds]))
    return x.permute(0, 3, 1, 2).float() / 255 / 0.5 - 1


def tokenizer(folder, size, side):
    """A tokenizer as the hub has SigLIP 2's: not lower-casing, with an end behind a text."""
    bytes_of = [f"<0x{byte:02X}>" for byte in range(256)]
    trained = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    trained.normalizer = normalizers.Replace(" ", "▁")
    trained.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL + bytes_of, show_progress=False)
    # Signs that are in no text of these are read as bytes.
    trained.train_from_iterator([text.lower() for text in SOME + THOUSAND[::4]], trainer)
    end = trained.token_to_id("<eos>")
    trained.post_processor = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", end)])
    saved = json.loads(trained.to_str())
    # Bytes are ordinary tokens.
    saved["added_tokens"] = [token for token in saved["added_tokens"] if token["content"] in SPECIAL]
    (folder / "tokenizer.json").write_text(json.dumps(saved, ensure_ascii=False))
    settings = {"padding_side": side}
    settings |= {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>"}
    settings |= {"tokenizer_class": "GemmaTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")
    return Siglip2Tokenizer.from_pretrained(folder)


@torch.no_grad()
def make(folder, seed, vision, text, vocabulary, side, texts):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    reader = tokenizer(folder, vocabulary, side)
    text = text | {"vocab_size": len(reader)}
    model = SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).eval().float()
    randomise(model, seed)
    head = model.vision_model.head
    head.probe.copy_(torch.randn(head.probe.shape, generator=torch.Generator().manual_seed(seed)))
    model.logit_scale.fill_(4.7)
    model.logit_bias.fill_(-16.5)
    model.save_pretrained(folder)
    size = model.config.vision_config.image_size
    length = model.config.text_config.max_position_embeddings
    processor = {"do_resize": True, "size": {"height": size, "width": size}, "resample": 2}
    processor |= {"do_rescale": True, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor, indent=1) + "\n")
    seeds = [1, 2, 3]
    pictures = model.vision_model(pixel_values=pixel_values(seeds, size)).pooler_output.numpy()
    fill = {"padding": "max_length", "truncation": True, "max_length": length}

    def tokens(text):
        return {"text": text, "ids": reader(text, **fill)["input_ids"]}

    # Of the thousand an eighth is embedded: see golden_clip.py.
    embedded_texts, others = (texts[::8], texts) if len(texts) == len(THOUSAND) else (texts, [])
    lines = [tokens(text) for text in embedded_texts]
    ids = [line["ids"] for line in lines]
    embedded = [model.text_model(input_ids=some).pooler_output for some in torch.tensor(ids).split(16)]
    (folder / "pictures.f32").write_bytes(pictures.astype("<f4").tobytes())
    (folder / "texts.f32").write_bytes(torch.cat(embedded).numpy().astype("<f4").tobytes())
    inputs = {
        "versions": {"torch": torch.__version__, "made_by": "tools/golden_siglip.py"},
        "size": size,
        "seeds": seeds,
        "texts": lines,
    }
    if others:
        inputs["only_ids"] = [tokens(text) for text in others]
    (folder / "golden.json").write_text(json.dumps(inputs, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fixtures", "models"])
    parser.add_argument("target", nargs="?", type=Path, help="where real sizes go")
    arguments = parser.parse_args()
    # One thread: the order of sums, and so the last digit, would depend on their number.
    torch.set_num_threads(1)
    if arguments.what == "fixtures":
        # Heads of 64 for tiles; then heads that fill no register, and texts filled up from the left.
        vision = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 1}
        vision |= {"intermediate_size": 96, "image_size": 32, "patch_size": 8}
        text = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 1}
        text |= {"intermediate_size": 96, "projection_size": 64}
        make(FIXTURES / "tiles", 1, vision, text, 700, "right", SOME)
        vision |= {"hidden_size": 60, "num_attention_heads": 3}
        text |= {"hidden_size": 40, "num_attention_heads": 2, "projection_size": 60}
        text |= {"max_position_embeddings": 24}
        make(FIXTURES / "left", 2, vision, text, 500, "left", SOME)
    elif arguments.target is None:
        parser.error("models needs a target folder")
    else:
        make(arguments.target / "siglip2-base", 7, {}, {}, 8000, "right", THOUSAND)


if __name__ == "__main__":
    main()
