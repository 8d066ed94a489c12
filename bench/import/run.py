"""Import of design patents: a Python pipeline beside lookalike. See README.md."""

import argparse
import dataclasses
import json
import shlex
import shutil
import sys
import time
from pathlib import Path

from layout import CASES, MODEL, RESULTS, ROOT, WORK

import compare
import importers
import machine
import models
import report as texts
import sheets

# Sheets of the long run that shows the steady speed, and of the stages measured alone.
LARGE, STAGES = 600, 300
QUICK = {"sheets": 12, "large": 40, "stages": 20, "rounds": 1}
PACKAGES = ("torch", "transformers", "numpy", "pillow", "pymilvus", "milvus-lite")


def main():
    options = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    for file in (options.binary, options.stages):
        if not file.exists():
            raise SystemExit(f"{file} is missing: `make bench-import` builds it")
    models.ensure([MODEL])
    # Copies: a build in the meantime must not change what is measured.
    common = importers.Options(
        binary=copied(options.binary), stages=copied(options.stages), threads=options.threads
    )
    designs = sheets.designs(options.designs, common.binary)
    counts = [options.large, options.stage_sheets, *(case.sheets for case in options.cases)]
    folders = sheets.samples(designs, counts)
    report = {
        "date": time.strftime("%Y-%m-%d"),
        "command": shlex.join(["bench/import/run.py", *sys.argv[1:]]),
        "machine": machine.describe(common.binary, PACKAGES),
        "threads": options.threads,
        "rounds": options.rounds,
        "sheets": sheets.describe(folders[options.large]),
        "results": [],
    }
    print(texts.heading(report), flush=True)
    name = "import-quick" if options.quick else f"import-{report['date']}"
    stage_folder = folders[options.stage_sheets]
    with open(WORK / "turns.log", "a") as log:
        for case in options.cases:
            compared = {count: folders[count] for count in (case.sheets, options.large)}
            result = compare.measure(case, compared, stage_folder, common, options.rounds, log)
            report["results"].append(result)
            print(texts.of_case(result), flush=True)
            # After each: a run that is cut short has what it measured.
            write(report, options.out / name)
    far = [name for result in report["results"] for name in compare.unfaithful(result)]
    if far:
        names = ", ".join(far)
        raise SystemExit(f"cosine to Python's vectors below {compare.LEAST_COSINE}: {names}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    names = [case.name for case in CASES]
    known = f"some of {', '.join(names)} [default: all]"
    parser.add_argument("--only", nargs="+", choices=names, default=names, help=known)
    made = "a folder of `lookalike synth` [default: made here]"
    parser.add_argument("--designs", type=Path, metavar="DIR", help=made)
    parser.add_argument("--threads", type=int, default=machine.cores(), help="[one per core]")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each [default: 3]")
    parser.add_argument("--quick", action="store_true", help="does it run? few sheets, one round")
    binary = ROOT / "target" / "release" / "lookalike"
    beside = "another binary, with examples/import_stages beside it"
    parser.add_argument("--binary", type=Path, default=binary, help=beside)
    options = parser.parse_args()
    options.stages = options.binary.parent / "examples" / "import_stages"
    options.large, options.stage_sheets = LARGE, STAGES
    options.cases = [case for case in CASES if case.name in options.only]
    options.out = RESULTS
    if options.quick:
        options.large, options.stage_sheets = QUICK["large"], QUICK["stages"]
        options.rounds, options.out = QUICK["rounds"], WORK
        few = QUICK["sheets"]
        options.cases = [dataclasses.replace(case, sheets=few) for case in options.cases]
    return options


def copied(binary):
    copy = WORK / binary.name
    copy.unlink(missing_ok=True)
    return Path(shutil.copy2(binary, copy))


def write(report, path):
    path.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
    text = [texts.heading(report), *map(texts.of_case, report["results"])]
    path.with_suffix(".md").write_text("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
