"""Writes entities.txt: the named character entities that grant XML may use.

The HTML 5 list holds nearly all names of the ISO 8879 sets that the DTDs pull
in; the monotonic and accented Greek sets (ISOgrk1, ISOgrk2) are added by hand.

    python3 make_entities.py > entities.txt        (made with Python 3.11)
"""

from html.entities import html5

LETTERS = dict(
    a="α", b="β", g="γ", d="δ", e="ε", z="ζ", ee="η", th="θ", i="ι", k="κ", l="λ", m="μ",
    n="ν", x="ξ", o="ο", p="π", r="ρ", s="σ", t="τ", u="υ", ph="φ", kh="χ", ps="ψ", oh="ω",
)
ACCENTED = dict(
    aac="ά", eac="έ", eeac="ή", iac="ί", oac="ό", uac="ύ", ohac="ώ", idi="ϊ", udi="ϋ",
)

table = {name[:-1]: text for name, text in html5.items() if name.endswith(";")}
for stem, letter in {**LETTERS, **ACCENTED}.items():
    # ISO writes a capital's whole digraph in capitals: THgr, OHacgr.
    base = stem if stem in LETTERS else stem.removesuffix("ac").removesuffix("di")
    table[stem + "gr"] = letter
    table[base.upper() + stem[len(base):] + "gr"] = letter.upper()
table |= {"sfgr": "ς", "idiagr": "ΐ", "udiagr": "ΰ"}

for name in sorted(table):
    print(name, *(f"{ord(character):x}" for character in table[name]))
