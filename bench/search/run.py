"""Vector search: lookalike beside FAISS, hnswlib, usearch and Milvus. See README.md."""

import argparse
import json
import shlex
import shutil
import sys
import time
from pathlib import Path

from layout import QUERIES, RESULTS, ROOT, SECTIONS, SIZES, TOP_K, WORK

import contenders
import machine
import picture
import report as texts
import rounds
import vectors
from builds import Builds

PACKAGES = ("numpy", "faiss-cpu", "hnswlib", "usearch", "milvus", "pymilvus")
QUICK = {"sizes": [6387], "rounds": 1, "seconds": 0.05, "queries": 64}
USUAL = {"sizes": [6387, 200_000], "rounds": 3, "seconds": 1.0, "queries": QUERIES}


def main():
    options = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.lookalike.exists():
        raise SystemExit(f"{options.lookalike} is missing: `make build` makes it")
    # A copy: a build in the meantime must not change what is measured.
    copy = WORK / "lookalike"
    copy.unlink(missing_ok=True)
    binary = Path(shutil.copy2(options.lookalike, copy))
    builds = Builds(binary, options.say)
    report = {
        "date": time.strftime("%Y-%m-%d"),
        "command": shlex.join(["bench/search/run.py", *sys.argv[1:]]),
        "machine": machine.describe(binary, PACKAGES),
        "dim": vectors.DIM,
        "top_k": TOP_K,
        "sizes": options.sizes,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "builds": [],
        "results": [],
    }
    print(texts.heading(report), flush=True)
    name = report_name(report["date"], options)
    for size in map(SIZES.get, options.sizes):
        competing = selected(contenders.all_of_them(size), options.contenders)
        paths, records = builds.ensure_all(competing, size, options.build_threads, options.rebuild)
        report["builds"] += [{"size": size.count} | one for one in records]
        if options.prepare:
            continue
        for section in options.sections:
            taking_part = [
                one
                for one in competing
                if one.kind == section.kind and section.threads in one.threads and one.name in paths
                if one.filters or not section.is_filtered
            ]
            if not taking_part:
                continue
            results, loads = rounds.measure(section, size, taking_part, paths, builds, options)
            one = {"size": size.count, "section": section.name, "kind": section.kind}
            report["results"].append(one | {"results": results, "other_cores": loads})
            print(texts.of_section(report["results"][-1]), flush=True)
            # After each: a run that is cut short has what it measured.
            write(report, options.out / name)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    sizes = ",".join(map(str, SIZES))
    parser.add_argument("--sizes", type=numbers, help=f"of {sizes} [default: 6387,200000]")
    names = ", ".join(section.name for section in SECTIONS)
    parser.add_argument(
        "--only", metavar="STARTS", help=f"such as 'exact' or 'graph, 1'; of {names}"
    )
    parser.add_argument("--contenders", metavar="STARTS", help="such as 'lookalike,FAISS Flat'")
    parser.add_argument("--rounds", type=int, help="turns of each [default: 3]")
    parser.add_argument(
        "--seconds", type=float, help="of each row in a turn, at least [default: 1]"
    )
    on = "build on so many threads; the last is searched [default: 2]"
    parser.add_argument("--build-threads", type=numbers, default=[2], metavar="1,2", help=on)
    again = "build again what was built beside other load"
    parser.add_argument("--rebuild", action="store_true", help=again)
    parser.add_argument("--prepare", action="store_true", help="build what is missing, and end")
    smoke = "does it run? one round of few queries; results stay in target"
    parser.add_argument("--quick", action="store_true", help=smoke)
    binary = ROOT / "target" / "release" / "lookalike"
    parser.add_argument("--lookalike", type=Path, default=binary, help="another binary")
    options = parser.parse_args()
    for name, value in (QUICK if options.quick else USUAL).items():
        if getattr(options, name, None) is None:
            setattr(options, name, value)
    unknown = [size for size in options.sizes if size not in SIZES]
    if unknown:
        parser.error(f"--sizes: {unknown[0]} is not one of {sizes}")
    options.sections = [section for section in SECTIONS if starts(section.name, options.only, "; ")]
    options.out = WORK if options.quick else RESULTS
    options.say = lambda text: print(text, file=sys.stderr, flush=True)
    return options


def numbers(text):
    return [int(word) for word in text.split(",")]


def report_name(date, options):
    """Of other sizes than the usual: beside the usual report of that day."""
    if options.quick:
        return "search-quick"
    is_usual = options.sizes == USUAL["sizes"]
    return "-".join(["search", date, *([] if is_usual else map(str, options.sizes))])


def selected(competing, words):
    """Those whose names begin with one of the words; a whole name stands for itself alone."""
    names = {one.name.lower() for one in competing}
    words = [word.strip().lower() for word in (words or "").split(",")]
    whole = {word for word in words if word in names}
    begun = tuple(word for word in words if word not in whole)
    return [one for one in competing if one.name.lower() in whole or one.name.lower().startswith(begun)]


def starts(name, words, separator):
    """Whether it begins with one of the words, or there are none."""
    return not words or any(
        name.lower().startswith(word.strip().lower()) for word in words.split(separator)
    )


def write(report, path):
    judged = [SIZES[count] for count in report["sizes"]]
    pictures = {}
    for size in judged:
        file = path.with_name(f"{path.name}-{size.count}.svg")
        if picture.draw(report, size, file):
            pictures[size.count] = file.name
    path.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    path.with_suffix(".md").write_text(texts.whole(report, pictures))


if __name__ == "__main__":
    main()
