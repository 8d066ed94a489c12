"""Texts to tokenize: some that are awkward, and a thousand for checks by hand."""

import random

SOME = [
    "",
    " ",
    "a photo of a cat",
    "A Photo  of\ta\nCAT!!",
    "a patent drawing of a chair with four legs, front view",
    "it's the driver's cup; we'll see they've 12.5 kg (US D912,345 S1)",
    "一只橙色的猫在床上睡觉",
    "椅子的图片，带扶手。",
    "椅子 chair стул 椅子イス의자 كرسي",
    "naïve café — “quoted” … №5 ½ Ⅳ ﬁ ①",
    "cafe\u0301 e\u0301 \u1e9b\u0323 \u00c5ngstro\u0308m",
    "👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 🪑",
    "<|endoftext|> inside <|startoftext|> and <b>&amp; &lt;tag&gt;</b>",
    "zero\u200bwidth\u00a0space\u3000ideographic \ufeffmark",
    "UPPER ÄÖÜ ẞ İ ǅ",
    "'s 't don't I'D",
    "____----====####",
    "1234567890 3.14159 1e-9 0x1F600",
    "very " * 100 + "long",
    "字" * 200,
    "".join(chr(code) for code in range(32, 127)),
]

WORDS = "chair cup lamp bottle shoe car phone ring a the of with in front view 椅子 杯子 灯 瓶 鞋 的 图片 红色 стул".split()
RANGES = [(32, 126), (0xA1, 0x24F), (0x370, 0x52F), (0x590, 0x6FF), (0x900, 0x97F), (0x3040, 0x30FF)]
RANGES += [(0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1FAFF), (0x2000, 0x2BFF), (0xFF01, 0xFF5E)]


def _thousand():
    choice = random.Random(22)
    texts = SOME + ["x" * 10_000, "猫" * 10_000, "the quick 棕色 fox 🦊 " * 600]

    def letter():
        low, high = choice.choice(RANGES)
        return chr(choice.randint(low, high))

    while len(texts) < 1000:
        kind = len(texts) % 4
        count = choice.randint(1, 40)
        if kind == 0:
            texts.append(" ".join(choice.choice(WORDS) for _ in range(count)))
        elif kind == 1:
            texts.append("".join(letter() for _ in range(count)))
        elif kind == 2:
            low, high = choice.choice(RANGES)
            texts.append("".join(chr(choice.randint(low, high)) for _ in range(count)))
        else:
            parts = [choice.choice(WORDS) if choice.random() < 0.6 else letter() for _ in range(count)]
            texts.append(choice.choice(["", " ", "  "]).join(parts))
    return texts


THOUSAND = _thousand()
