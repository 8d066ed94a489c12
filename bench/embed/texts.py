"""Texts that fill a model's full length, and their tokens."""

import numpy as np

WORDS = "a red folding chair with a curved back and four thin legs seen from the front".split()


def texts(count, first=0):
    """`count` texts of more tokens than any model reads."""
    starts = [seed % len(WORDS) for seed in range(first, first + count)]
    turned = [WORDS[start:] + WORDS[:start] for start in starts]
    return [" ".join(words * 12) for words in turned]


def tokens(case, first=0):
    """What a model is fed: int64, texts x tokens, the last of them the end."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(case.folder / "tokenizer.json"))
    rows = [tokenizer.encode(text).ids for text in texts(case.batch, first)]
    return np.array([row[: case.size - 1] + row[-1:] for row in rows], np.int64)

