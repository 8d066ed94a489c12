"""One section: all contenders, round by round, so that a slow spell of the machine falls on all."""

import statistics

import exact
import usage
from commands import Absent
from layout import QUERIES

# What is the same in every round is taken from the first.
SAME = ("recall_at_k", "hits_missing", "answers_agree")
TIMES = ("qps", "p50_ms", "p90_ms", "p99_ms")


def measure(section, size, contenders, paths, builds, options):
    """{name, rows: [...], command} or {name, absent} of each contender; and how loaded the machine
    was in each turn, in cores."""
    shares = [share for share in section.shares if exact.kept(size.count, share).any()]
    queries = size.queries_of_scans if section.kind == "flat" else QUERIES
    queries = min(queries, options.queries)
    results = {one.name: {"name": one.name, "turns": []} for one in contenders}
    loads = []
    for number in range(options.rounds):
        # Nobody always follows the same one.
        first = number % len(contenders)
        for one in contenders[first:] + contenders[:first]:
            result = results[one.name]
            if "absent" in result:
                continue
            options.say(f"{size}: {section.name}: round {number + 1}: {one.name}")
            others = usage.Others()
            try:
                rows, result["command"] = builds.work(one, size).search(
                    paths[one.name], section, shares, queries, options.seconds
                )
            except Absent as reason:
                result["absent"] = str(reason)
                continue
            result["turns"].append(rows)
            loads.append(others.cores())
    return [_combined(result) for result in results.values()], loads


def _combined(result):
    turns = result.pop("turns")
    if "absent" in result:
        return result
    rows = [_median(same) for same in zip(*turns, strict=True)]
    names = ("open_seconds", "anonymous_bytes", "memory_bytes", "file_bytes", "isa", "version")
    about = {name: turns[-1][0][name] for name in names if name in turns[-1][0]}
    return result | about | {"rows": rows}


def _median(rows):
    """Of one row in every round."""
    first = rows[0]
    combined = {
        name: first[name] for name in ("effort", "keep", "batch", "queries", *SAME) if name in first
    }
    combined |= {name: statistics.median(row[name] for row in rows) for name in TIMES}
    qps = [row["qps"] for row in rows]
    return combined | {"qps_lowest": min(qps), "qps_highest": max(qps), "rounds_qps": qps}
