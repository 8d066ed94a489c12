"""What was aimed at, and what was reached."""

from contenders import OURS
from curves import points, qps_at

GRAPH_RECALL = 0.99
# Of 10,000 ids: two that are equally far to seven digits may change places at the end.
SAME_TOP = 0.9998
LIST_RECALLS = (0.95, 0.99)
# What a goal about FAISS HNSW, hnswlib and usearch names: the vectors in float32.
PLAIN_GRAPHS = ("FAISS HNSW", "hnswlib", "usearch")


def judged(report, size):
    """(goal, figure reached, whether it is met) of all goals that this size has figures for; None
    for what was not measured."""
    sections = {
        one["section"]: {result["name"]: result for result in one["results"]}
        for one in report["results"]
        if one["size"] == size.count
    }
    builds = [one for one in report["builds"] if one["size"] == size.count]
    goals = [
        *_exact(sections),
        *_graph(sections.get("graph, 1 thread", {}), builds),
        *_lists(sections.get("lists, 1 thread", {})),
        *_filters(sections),
    ]
    return [
        {"size": size.count, "goal": goal, "reached": reached, "met": met}
        for goal, reached, met in goals
    ]


def _exact(sections):
    ours = [
        row
        for results in sections.values()
        for name, result in results.items()
        if name.startswith(OURS)
        for row in result.get("rows", [])
    ]
    if ours:
        lowest = min(row["answers_agree"] for row in ours)
        yield "exact: the same top 10 as in float64", f"{lowest:.5f} of them", lowest >= SAME_TOP
    for threads in (1, 2):
        results = sections.get(f"exact, {_threads(threads)}", {})
        ours = _row(results, f"{OURS} flat", batch=1)
        theirs = _fastest(results, "FAISS Flat", 1)
        if ours and theirs:
            ratio = theirs[1]["qps"] / ours["qps"]
            yield (
                f"exact, {_threads(threads)}: at most 0.6 of the time of FAISS Flat",
                f"{ratio:.2f} of {theirs[0]}'s",
                ratio <= 0.6,
            )
        ours, theirs = _row(results, f"{OURS} flat", batch=64), _fastest(results, "FAISS Flat", 64)
        if ours and theirs:
            ratio = ours["qps"] / theirs[1]["qps"]
            yield (
                f"exact, batches of 64, {_threads(threads)}: at least 2 times FAISS Flat's QPS",
                f"{ratio:.2f} times {theirs[0]}'s",
                ratio >= 2,
            )


def _graph(results, builds):
    ours = qps_at(GRAPH_RECALL, points(results.get(f"{OURS} hnsw", {})))
    others = {
        name: qps
        for name, result in results.items()
        if not name.startswith(OURS) and (qps := qps_at(GRAPH_RECALL, points(result)))
    }
    plain = {name: qps for name, qps in others.items() if name in PLAIN_GRAPHS}
    if ours and plain:
        best, fastest = max(plain, key=plain.get), max(others, key=others.get)
        ratio = ours / plain[best]
        yield (
            f"graph at recall {GRAPH_RECALL}: at least 1.3 times the QPS of the best of "
            f"{', '.join(PLAIN_GRAPHS)}",
            f"{ratio:.2f} times {best}'s"
            + (f"; {ours / others[fastest]:.2f} times {fastest}'s" if fastest != best else ""),
            ratio >= 1.3,
        )
    memory = [
        results.get(name, {}).get("anonymous_bytes") for name in (f"{OURS} hnsw", "FAISS HNSW")
    ]
    if None not in memory:
        ratio = memory[0] / memory[1]
        figures = f"{memory[0] / 2**20:.1f} of {memory[1] / 2**20:.1f} MiB, {ratio:.2f}"
        yield "graph: at most half of FAISS HNSW's anonymous memory", figures, ratio <= 0.5
    yield from _build_time(builds)


def _build_time(builds):
    by_name = {
        (one["contender"], one["threads"]): one for one in builds if one.get("build_seconds")
    }
    for threads in (1, 2):
        pair = [by_name.get((name, threads)) for name in (f"{OURS} hnsw", "hnswlib")]
        if all(pair):
            seconds = [one["build_seconds"] for one in pair]
            loaded = ", beside other load" if any(one["loaded"] for one in pair) else ""
            yield (
                f"graph: built in no more time than hnswlib's, {_threads(threads)}",
                f"{seconds[0]:.1f} against {seconds[1]:.1f} s{loaded}",
                seconds[0] <= seconds[1],
            )


def _lists(results):
    for recall in LIST_RECALLS:
        theirs = qps_at(recall, points(results.get("FAISS IVFFlat", {})))
        for kind in ("ivf_flat", "ivf_sq8"):
            ours = qps_at(recall, points(results.get(f"{OURS} {kind}", {})))
            if ours and theirs:
                yield (
                    f"{kind} at recall {recall}: at least 1.5 times FAISS IVFFlat's QPS",
                    f"{ours / theirs:.2f} times",
                    ours / theirs >= 1.5,
                )


def _filters(sections):
    for kind, name in (("exact", "flat"), ("graph", "hnsw"), ("lists", "ivf_flat")):
        row = _row(sections.get(f"{kind}, filtered", {}), f"{OURS} {name}", keep=0.0001)
        if row:
            met = row["recall_at_k"] == 1 and not row["hits_missing"] and row["p50_ms"] < 5
            yield (
                f"{name}, a filter that keeps 0.01 %: exact, under 5 ms",
                f"recall {row['recall_at_k']:.4f}, {row['p50_ms']:.3f} ms, p99 {row['p99_ms']:.3f}",
                met,
            )


def _threads(count):
    return f"{count} thread" + "s" * (count > 1)


def _row(results, name, **wanted):
    rows = results.get(name, {}).get("rows", [])
    return next((row for row in rows if wanted.items() <= row.items()), None)


def _fastest(results, start, batch):
    """(name, row) of the fastest contender whose name starts so."""
    rows = {name: _row(results, name, batch=batch) for name in results if name.startswith(start)}
    rows = {name: row for name, row in rows.items() if row}
    return max(rows.items(), key=lambda pair: pair[1]["qps"], default=None)
