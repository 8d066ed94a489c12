#!/usr/bin/env python3
"""How often a design's patent comes first, on synthetic patents.

Usage: first_hit.py LOOKALIKE DESIGNS DATA [EVERY]

For every design (or every EVERY-th) of DESIGNS/ground-truth.json, imported into DATA:
 - a drawing: one sheet is the query, and that sheet itself is left out of the gallery;
   a hit is another sheet of the same patent. Front-page copies never take part.
 - a photo: each product photo is the query.
Near designs count as misses here: they are other patents. "Design or near" counts them in.
"""

import json
import math
import subprocess
import sys


def search(lookalike, data, query, *options):
    command = [lookalike, "search", query, "--data", data, "--format", "json",
               "--min-score", "-1", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def interval(hits, total):
    """95 % Wilson interval."""
    if total == 0:
        return (0.0, 0.0)
    z, share = 1.96, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(
        share * (1 - share) / total + z * z / (4 * total * total))
    return (middle - half, middle + half)


def main():
    lookalike, designs_dir, data = sys.argv[1:4]
    every = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    designs = json.load(open(f"{designs_dir}/ground-truth.json"))["designs"]
    family = {}
    for design in designs:
        family[design["patent_id"]] = design["near_of"] or design["patent_id"]
    counts = {}

    def count(kind, design, groups):
        found = [group["patent_id"] for group in groups]
        total, first, near, ten = counts.get(kind, (0, 0, 0, 0))
        own = design["patent_id"]
        counts[kind] = (
            total + 1,
            first + (found[:1] == [own]),
            near + any(family.get(patent) == family[own] for patent in found[:1]),
            ten + (own in found[:10]),
        )

    for index, design in enumerate(designs[::every]):
        sheets = [sheet for sheet in design["sheets"] if not sheet["front_page"]]
        sheet = sheets[index % len(sheets)]
        query = f"{designs_dir}/{sheet['file']}"
        itself = search(lookalike, data, query, "--top-k", "1")["results"][0]["pages"][0]
        assert itself["score"] > 0.9999, (query, itself)
        answer = search(lookalike, data, query, "--top-groups", "10",
                        "--exclude-item-id", str(itself["id"]))
        count("drawing", design, answer["results"])
        for photo in design["photos"]:
            answer = search(lookalike, data, f"{designs_dir}/{photo}", "--top-groups", "10")
            count("photo", design, answer["results"])

    print(f"{len(designs)} patents")
    for kind, (total, first, near, ten) in counts.items():
        low, high = interval(first, total)
        print(f"{kind}: {total} queries, own patent first {first / total:.1%} "
              f"(95 %: {low:.1%} to {high:.1%}), design or near first {near / total:.1%}, "
              f"own patent among ten {ten / total:.1%}")


if __name__ == "__main__":
    main()
