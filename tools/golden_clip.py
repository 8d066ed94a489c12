"""Golden values of CLIP, Chinese-CLIP and multilingual CLIP, from transformers and open_clip with random weights.

    pip install -r tools/requirements-golden.txt
    python tools/golden_clip.py fixtures       # rewrites fixtures/clip
    python tools/golden_clip.py models DIR     # real sizes, for checks by hand: DIR is git-ignored

A folder holds a model as its library writes it, and `golden.json`: pictures by seed (see
golden_pixels.py) and texts, with their token ids; the embeddings that the library computes in
float32 are in `pictures.f32` and `texts.f32`, little-endian, not normalised. Vocabularies of
fixtures are the first merges of CLIP's own, which open_clip ships, and made small of golden_texts.py for
the others: their published vocabularies can't be had from PyPI.
"""

import argparse
import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import open_clip
import torch
from golden_pixels import pixels
from golden_texts import SOME, THOUSAND
from safetensors.torch import save_file
from tokenizers import Tokenizer, models as tokenizer_models, normalizers, pre_tokenizers, trainers
from transformers import (
    BertTokenizer,
    ChineseCLIPConfig,
    ChineseCLIPModel,
    CLIPConfig,
    CLIPModel,
    CLIPTokenizer,
    XLMRobertaConfig,
    XLMRobertaTokenizer,
)

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures" / "clip"
MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]
LENGTH = 77


def vocabulary(merge_count):
    """CLIP's vocabulary with that many of its merges."""
    file = Path(open_clip.__file__).with_name("bpe_simple_vocab_16e6.txt.gz")
    lines = gzip.open(file).read().decode().split("\n")[1 : merge_count + 1]
    symbols = list(open_clip.tokenizer.bytes_to_unicode().values())
    names = symbols + [symbol + "</w>" for symbol in symbols]
    names += ["".join(line.split()) for line in lines]
    names += ["<|startoftext|>", "<|endoftext|>"]
    return {name: index for index, name in enumerate(names)}, lines


@torch.no_grad()
def randomise(model, seed):
    """Gives every parameter a value that matters, and attention logits of several units."""
    generator = torch.Generator().manual_seed(seed)

    def normal(p, deviation, mean=0.0):
        p.copy_(torch.randn(p.shape, generator=generator) * deviation + mean)

    for name, p in sorted(model.named_parameters()):
        is_norm = "norm" in name.lower() or "ln_" in name
        if is_norm and name.endswith("weight"):
            normal(p, 0.2, 1.0)
        elif "in_proj_weight" in name:
            normal(p, p.shape[1] ** -0.5)
            p[: 2 * p.shape[1]] *= 1.6
        elif any(part in name for part in ["q_proj.weight", "k_proj.weight", "query.weight", "key.weight"]):
            normal(p, 1.6 * p.shape[1] ** -0.5)
        elif "embedding" in name and "patch" not in name:
            normal(p, 0.5)
        elif p.dim() == 4:
            normal(p, 0.5 * (p.numel() / p.shape[0]) ** -0.5)
        elif p.dim() >= 2:
            normal(p, p.shape[1] ** -0.5)
        else:
            normal(p, 0.1)


def pixel_values(seeds, size):
    x = torch.from_numpy(np.stack([pixels(seed, size, size) for seed in seeds]))
    x = x.permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


def cut(ids, length=LENGTH):
    """As the libraries cut a text that is too long: the end token stays."""
    return ids if len(ids) <= length else ids[: length - 1] + ids[-1:]


@torch.no_grad()
def golden(folder, size, seeds, texts, tokenizer, embed_pictures, embed_texts, length=LENGTH):
    def tokens(text):
        return {"text": text, "ids": cut(tokenizer(text)["input_ids"], length)}

    # Of the thousand an eighth is embedded: more would take half an hour, and show no more.
    embedded_texts, others = (texts[::8], texts) if len(texts) == len(THOUSAND) else (texts, [])
    lines = [tokens(text) for text in embedded_texts]
    ids = [line["ids"] for line in lines]
    pad = tokenizer.pad_token_id
    padded = torch.tensor([line + [pad] * (length - len(line)) for line in ids])
    pictures = embed_pictures(pixel_values(seeds, size)).numpy()
    embedded = torch.cat([embed_texts(some) for some in padded.split(16)]).numpy()
    (folder / "pictures.f32").write_bytes(pictures.astype("<f4").tobytes())
    (folder / "texts.f32").write_bytes(embedded.astype("<f4").tobytes())
    inputs = {
        "versions": {"torch": torch.__version__, "made_by": "tools/golden_clip.py"},
        "size": size,
        "seeds": seeds,
        "texts": lines,
    }
    if others:
        inputs["only_ids"] = [tokens(text) for text in others]
    (folder / "golden.json").write_text(json.dumps(inputs, ensure_ascii=False) + "\n")


def processor(folder, size):
    text = {
        "crop_size": size,
        "do_center_crop": True,
        "do_normalize": True,
        "do_resize": True,
        "image_mean": MEAN,
        "image_std": STD,
        "resample": 3,
        "size": size,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(text, indent=1) + "\n")


def hub(folder, merges, seed, vision, text, dim, texts, old_end=False, files="json"):
    """As transformers writes CLIP. `old_end`: the end token of configurations before 2023."""
    folder.mkdir(parents=True, exist_ok=True)
    names, lines = vocabulary(merges)
    pairs = [tuple(line.split()) for line in lines]
    tokenizer = CLIPTokenizer(vocab=names, merges=pairs)
    start, end = len(names) - 2, len(names) - 1
    ends = {"bos_token_id": start, "eos_token_id": 2 if old_end else end, "pad_token_id": end}
    config = CLIPConfig(
        text_config=text | {"vocab_size": len(names)} | ends,
        vision_config=vision,
        projection_dim=dim,
    )
    model = CLIPModel(config).eval().float()
    randomise(model, seed)
    model.save_pretrained(folder)
    if files == "json":
        tokenizer.save_pretrained(folder)
        (folder / "tokenizer_config.json").unlink()
    else:
        (folder / "vocab.json").write_text(json.dumps(names, ensure_ascii=False))
        (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(lines) + "\n")
    size = vision["image_size"]
    processor(folder, size)

    def of_pictures(x):
        return model.visual_projection(model.vision_model(pixel_values=x).pooler_output)

    def of_texts(ids):
        return model.text_projection(model.text_model(input_ids=ids).pooler_output)

    golden(folder, size, [1, 2, 3], texts, tokenizer, of_pictures, of_texts)


def open_folder(folder, merges, seed, vision, text, dim, texts, quick):
    """As open_clip writes a model for the hub."""
    folder.mkdir(parents=True, exist_ok=True)
    names, lines = vocabulary(merges)
    pairs = [tuple(line.split()) for line in lines]
    tokenizer = CLIPTokenizer(vocab=names, merges=pairs)
    text = text | {"vocab_size": len(names), "context_length": LENGTH}
    model_cfg = {"embed_dim": dim, "vision_cfg": vision, "text_cfg": text}
    if quick:
        model_cfg["quick_gelu"] = True
    model = open_clip.CLIP(
        dim,
        open_clip.CLIPVisionCfg(**vision),
        open_clip.CLIPTextCfg(**text),
        quick_gelu=quick,
    ).eval()
    randomise(model, seed)
    tensors = {name: p.contiguous() for name, p in model.state_dict().items()}
    save_file(tensors, folder / "open_clip_model.safetensors")
    size = vision["image_size"]
    preprocess = {
        "size": [size, size],
        "mode": "RGB",
        "mean": MEAN,
        "std": STD,
        "interpolation": "bicubic",
        "resize_mode": "shortest",
        "fill_color": 0,
    }
    config = {"model_cfg": model_cfg, "preprocess_cfg": preprocess}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    tokenizer.save_pretrained(folder)
    (folder / "tokenizer_config.json").unlink()
    golden(folder, size, [1, 2, 3], texts, tokenizer, model.encode_image, model.encode_text)


def word_pieces():
    """A small vocabulary of BERT: special tokens, signs, and pieces of words."""
    signs = sorted({sign for text in SOME for sign in text.lower() if not sign.isspace()})
    words = "chair cup lamp photo patent drawing front view with the of legs long very".split()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return special + signs + ["##" + sign for sign in signs if sign.isascii()] + words + ["##s", "##er"]


def chinese(folder, seed, vision, text, dim, pieces, texts, files="lists"):
    """As transformers writes Chinese-CLIP."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n")
    tokenizer = BertTokenizer(vocab={piece: index for index, piece in enumerate(pieces)})
    if files == "json":
        (folder / "vocab.txt").unlink()
        tokenizer.save_pretrained(folder)
        (folder / "tokenizer_config.json").unlink()
    config = ChineseCLIPConfig(
        text_config=text | {"vocab_size": len(pieces)}, vision_config=vision, projection_dim=dim
    )
    model = ChineseCLIPModel(config).eval().float()
    randomise(model, seed)
    model.save_pretrained(folder)
    size = vision["image_size"]
    processor(folder, size)

    def of_pictures(x):
        return model.visual_projection(model.vision_model(pixel_values=x).pooler_output)

    def of_texts(ids):
        hidden = model.text_model(input_ids=ids, attention_mask=(ids != 0).long())
        return model.text_projection(hidden.last_hidden_state[:, 0])

    golden(folder, size, [1, 2, 3], texts, tokenizer, of_pictures, of_texts, length=52)


def unigrams(size):
    """A small vocabulary as XLM-RoBERTa has it, trained on the thousand texts."""
    trained = Tokenizer(tokenizer_models.Unigram())
    trained.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token="<unk>")
    # Signs that stand in no word of these become <unk>.
    words = [text for index, text in enumerate(THOUSAND) if index % 4 == 0]
    trained.train_from_iterator(SOME + words, trainer)
    vocabulary = json.loads(trained.to_str())["model"]["vocab"]
    return [(piece, score) for piece, score in vocabulary] + [("<mask>", 0.0)]


def multilingual(folder, seed, vision, text, dim, vocabulary, texts):
    """As open_clip writes a CLIP whose texts an XLM-RoBERTa reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = XLMRobertaTokenizer(vocab=vocabulary)
    tokenizer.save_pretrained(folder)
    (folder / "tokenizer_config.json").unlink()
    hub = folder / "hub"
    XLMRobertaConfig(
        vocab_size=len(vocabulary), max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5, **text
    ).save_pretrained(hub)
    names = {"hf_tokenizer_name": "xlm-roberta-base", "hf_pooler_type": "mean_pooler"}
    names |= {"hf_proj_type": "mlp"}
    model = open_clip.CustomTextCLIP(
        dim,
        open_clip.CLIPVisionCfg(**vision),
        open_clip.CLIPTextCfg(hf_model_name=str(hub), hf_model_pretrained=False, **names),
    ).eval()
    shutil.rmtree(hub)
    randomise(model, seed)
    tensors = {name: p.contiguous() for name, p in model.state_dict().items() if p.is_floating_point()}
    save_file(tensors, folder / "open_clip_model.safetensors")
    size = vision["image_size"]
    model_cfg = {"embed_dim": dim, "vision_cfg": vision}
    model_cfg["text_cfg"] = {"hf_model_name": "xlm-roberta-base"} | names
    preprocess = {"size": [size, size], "mean": MEAN, "std": STD, "interpolation": "bicubic"}
    config = {"model_cfg": model_cfg, "preprocess_cfg": preprocess | {"resize_mode": "shortest"}}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=1) + "\n")
    golden(folder, size, [1, 2, 3], texts, tokenizer, model.encode_image, model.encode_text)


def fixtures():
    for folder in FIXTURES.glob("*/"):
        shutil.rmtree(folder)
    # One head of 64 for the kernels that are made for it; then heads that fill no register.
    vision = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 1}
    vision |= {"intermediate_size": 96, "image_size": 32, "patch_size": 8}
    text = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 1}
    text |= {"intermediate_size": 96}
    hub(FIXTURES / "hub", 600, 1, vision, text, 48, SOME)
    vision |= {"hidden_size": 60, "num_attention_heads": 3, "hidden_act": "gelu"}
    text |= {"hidden_size": 40, "num_attention_heads": 2, "hidden_act": "gelu"}
    hub(FIXTURES / "hub-old", 300, 2, vision, text, 24, SOME, old_end=True, files="lists")
    vision = {"image_size": 32, "layers": 2, "width": 64, "head_width": 64, "patch_size": 8}
    text = {"width": 64, "heads": 2, "layers": 2}
    open_folder(FIXTURES / "open-clip", 300, 3, vision, text, 32, SOME, quick=True)
    bert = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 1}
    bert |= {"intermediate_size": 96}
    multilingual(FIXTURES / "multilingual", 5, vision, bert, 32, unigrams(900), SOME)
    vision = {"hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision |= {"intermediate_size": 96, "image_size": 32, "patch_size": 8}
    bert |= {"max_position_embeddings": 64, "hidden_size": 40, "num_attention_heads": 2}
    chinese(FIXTURES / "chinese", 4, vision, bert, 24, word_pieces(), SOME)


def models(target, only):
    """Random weights of real size, with CLIP's whole vocabulary."""
    merges = 49_152 - 256 - 2
    small = {"hidden_size": 512, "num_attention_heads": 8, "intermediate_size": 2048}
    large = {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
    vision_l = {"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16}
    vision_l |= {"intermediate_size": 4096}
    for name, vision, text, dim in [
        ("clip-vit-b-32", {"image_size": 224, "patch_size": 32}, small, 512),
        ("clip-vit-b-16", {"image_size": 224, "patch_size": 16}, small, 512),
        ("clip-vit-l-14", vision_l | {"image_size": 224, "patch_size": 14}, large, 768),
    ]:
        if only in (None, name):
            hub(target / name, merges, 7, vision, text, dim, THOUSAND, old_end=name.endswith("32"))
            print(target / name)
    if only:
        return
    pieces = word_pieces()
    pieces += [f"[unused{index}]" for index in range(21_128 - len(pieces))]
    vision = {"image_size": 224, "patch_size": 16}
    chinese(target / "chinese-clip-b-16", 9, vision, {}, 512, pieces, THOUSAND)
    print(target / "chinese-clip-b-16")
    vision = {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32}
    folder = target / "xlmr-clip-b-32"
    multilingual(folder, 10, vision, {}, 512, unigrams(8000), THOUSAND)
    print(folder)
    text = {"width": 512, "heads": 8, "layers": 12}
    folder = target / "patentclip-b-32"
    open_folder(folder, merges, 8, vision, text, 512, THOUSAND, quick=False)
    print(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fixtures", "models"])
    parser.add_argument("target", nargs="?", type=Path, help="where real sizes go")
    parser.add_argument("--only", help="one of CLIP's real sizes, such as clip-vit-b-32")
    arguments = parser.parse_args()
    # One thread: the order of sums, and so the last digit, would depend on their number.
    torch.set_num_threads(1)
    if arguments.what == "fixtures":
        fixtures()
    elif arguments.target is None:
        parser.error("models needs a target folder")
    else:
        models(arguments.target, arguments.only)


if __name__ == "__main__":
    main()
