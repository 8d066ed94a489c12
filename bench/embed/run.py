"""Time to embed an image or a text: lookalike beside PyTorch, ONNX Runtime and OpenVINO. See README.md."""

import argparse
import dataclasses
import json
import os
import shutil
import sys
import time
from pathlib import Path

import contenders
import machine
import models
import pictures
import rounds
import table
from cases import ROOT, WORK, chosen
from participants import Absent, Command


def main():
    options = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    if not options.lookalike.exists():
        raise SystemExit(f"{options.lookalike} is missing: `make build` makes it")
    # A copy: a build in the meantime must not change what is measured.
    copy = WORK / "lookalike"
    copy.unlink(missing_ok=True)
    options.lookalike = Path(shutil.copy2(options.lookalike, copy))
    models.ensure(sorted({case.folder for case in options.cases}))
    everyone = contenders.all_of_them()
    if options.avx2:
        everyone = contenders.held_to_avx2()
    if options.gpu:
        everyone = contenders.on_a_card()
    report = {
        "machine": machine.describe(options.lookalike),
        "threads": options.threads,
        "rounds": options.rounds,
        "default": default_of(everyone, options),
        "results": [],
    }
    competing = [one for one in everyone if selected(one, options.contenders)]
    print(table.heading(report["machine"], options.threads), flush=True)
    file = WORK / time.strftime("results-%Y%m%d-%H%M%S.json")
    for case in options.cases:
        load_before = os.getloadavg()[0]
        if not case.is_text:
            pictures.files(case.size, case.batch)
        rows = rounds.measure(case, competing, options)
        add_ratios(rows, report["default"])
        result = {"case": str(case), "load_before": load_before, "rows": rows}
        report["results"].append(result)
        print(table.of_case(result), flush=True)
        # After each: a run that is cut short has what it measured.
        file.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written: {file}", file=sys.stderr)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="WORDS", help="cases, such as small,518,1 [default: all]")
    parser.add_argument("--contenders", metavar="STARTS", help="such as 'lookalike,OpenVINO bf16'")
    parser.add_argument("--threads", type=int, default=machine.cores(), help="[one per core]")
    parser.add_argument("--rounds", type=int, help="turns of each [default: 7]")
    parser.add_argument("--runs", type=int, help="most runs in a turn [default: 5]")
    parser.add_argument("--avx2", action="store_true", help="the f32 path, all held to AVX2")
    parser.add_argument("--gpu", action="store_true", help="on the first graphics card")
    parser.add_argument("--quick", action="store_true", help="a smoke run: small,224,1; 2 rounds")
    binary = ROOT / "target" / "release" / "lookalike"
    parser.add_argument("--lookalike", type=Path, default=binary, help="another binary")
    options = parser.parse_args()
    rounds, runs = (2, 1) if options.quick else (7, 5)
    options.rounds = options.rounds or rounds
    options.runs = options.runs or runs
    if options.quick:
        options.only = options.only or "small,224,1"
    options.cases = chosen(options.only)
    return options


def selected(contender, starts):
    return not starts or any(
        contender.name.lower().startswith(start.strip().lower()) for start in starts.split(",")
    )


def default_of(everyone, options):
    """The name of the lookalike row that a user gets who asks for no precision."""
    (first, *_) = [one for one in everyone if one.module is None]
    automatic = contenders.Contender("", None, {"precision": "auto"}, first.environment)
    case = dataclasses.replace(options.cases[0], batch=1)
    try:
        return f"lookalike {Command(automatic, case, options.threads, options.lookalike).precision}"
    except Absent as reason:
        raise SystemExit(f"lookalike: {reason}") from reason


def add_ratios(rows, default):
    ours = next((row.get("ms_per_image") for row in rows if row["name"] == default), None)
    for row in rows:
        if ours and "ms_per_image" in row:
            row["ratio"] = row["ms_per_image"] / ours


if __name__ == "__main__":
    main()
