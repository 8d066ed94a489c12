"""One case: all contenders in turns, round by round, so that a slow spell falls on all."""

import os
import statistics
import sys
import time

import numpy as np

from importers import Lookalike, Python, Stages

# Threads that wait for work by spinning have gone to sleep by then, and disks are done.
PAUSE_SECONDS = 0.5
REFERENCE = "python"
# Below this, the two did not embed the same pictures with the same model.
LEAST_COSINE = 0.99


def contenders(case, folders, options):
    """In the order of the table. `folders` holds the samples by number of sheets."""
    small, large = folders[case.sheets], folders[max(folders)]
    everyone = []
    if case.python_size:
        everyone.append(Python(REFERENCE, "plain", case, small, options))
        everyone.append(Python("python-tuned", "tuned", case, small, options))
    everyone += [Lookalike(name, how, small, options) for name, how in case.ours]
    if large != small:
        name, how = case.ours[0]
        everyone.append(Lookalike(f"{name}, {max(folders)} sheets", how, large, options))
    return everyone


def measure(case, folders, stage_folder, options, rounds, log):
    """{"case", "rows", "whole", ...}: medians over the rounds, and every round."""
    everyone = contenders(case, folders, options)
    stages = Stages(case.ours[0][1], stage_folder, options)
    turns, parts, vectors = {one.name: [] for one in everyone}, [], {}
    for number in range(rounds):
        # Nobody always follows the same one.
        shift = number % len(everyone)
        for one in everyone[shift:] + everyone[:shift]:
            say(f"{case.name}, round {number + 1} of {rounds}: {one.name}")
            one.clean()
            time.sleep(PAUSE_SECONDS)
            load = os.getloadavg()[0]
            turns[one.name].append(one.turn(log) | {"load_before": load})
            if number == 0:
                vectors[one.name] = one.embeddings()
            one.clean()
        say(f"{case.name}, round {number + 1} of {rounds}: stages alone")
        time.sleep(PAUSE_SECONDS)
        parts.append(stages.turn(log))
    rows = [row(one, turns[one.name]) for one in everyone]
    add_ratios(rows, case.ours[0][0])
    add_cosines(rows, vectors, {name for name, _ in case.ours[1:]})
    return {
        "case": case.name,
        "rows": rows,
        "stages": stages_of(parts),
        "whole": whole(rows[-1], stages_of(parts), options.threads),
    }


def row(contender, turns):
    speeds = [turn["sheets"] / turn["elapsed_sec"] for turn in turns]
    return {
        "name": contender.name,
        "command": contender.command,
        "sheets": turns[0]["sheets"],
        "sheets_per_sec": statistics.median(speeds),
        "cpu_sec_per_sheet": statistics.median(turn["cpu_sec"] / turn["sheets"] for turn in turns),
        "peak_mib": statistics.median(turn["peak_mib"] for turn in turns),
        "rounds": turns,
    }


def add_ratios(rows, ours):
    """How many times as fast lookalike was on the same sample and the same input."""
    (speed,) = [row["sheets_per_sec"] for row in rows if row["name"] == ours]
    for row in rows:
        if row["name"].startswith("python"):
            row["ratio"] = speed / row["sheets_per_sec"]


def add_cosines(rows, vectors, others):
    """To the vectors that `python` has stored of the same files. Those of `others` are of
    another input."""
    reference = vectors.get(REFERENCE)
    for row in rows:
        if reference is None or row["name"] == REFERENCE or row["name"] in others:
            continue
        stored = vectors[row["name"]]
        missing = reference.keys() - stored.keys()
        if missing:
            raise RuntimeError(f"{row['name']} has stored nothing for {len(missing)} files")
        cosines = [cosine(stored[md5], vector) for md5, vector in reference.items()]
        row["cosine_min"], row["cosine_mean"] = min(cosines), statistics.fmean(cosines)


def cosine(a, b):
    a, b = np.float64(a), np.float64(b)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def stages_of(parts):
    """Medians over the rounds, ms a sheet."""
    names = parts[0]["ms_per_sheet"]
    medians = {
        name: statistics.median(part["ms_per_sheet"][name] for part in parts) for name in names
    }
    total = statistics.median(part["sum_ms_per_sheet"] for part in parts)
    return {"sheets": parts[0]["sheets"], "ms_per_sheet": medians, "sum_ms_per_sheet": total}


def whole(row, stages, threads):
    """The whole import, as time on all cores, beside the sum of its stages alone."""
    core_ms = threads * 1e3 / row["sheets_per_sec"]
    return {
        "name": row["name"],
        "core_ms_per_sheet": core_ms,
        "cpu_ms_per_sheet": row["cpu_sec_per_sheet"] * 1e3,
        "ratio_to_stages": core_ms / stages["sum_ms_per_sheet"],
    }


def unfaithful(result):
    """The names of those whose vectors are too far from Python's."""
    return [
        f"{row['name']} ({result['case']})"
        for row in result["rows"]
        if row.get("cosine_min", 1) < LEAST_COSINE
    ]


def say(text):
    print(text, file=sys.stderr, flush=True)
