"""How results are printed: Markdown."""

import goals
from contenders import OURS
from curves import begins_above, points, qps_at
from layout import SIZES

RECALLS = {"graph": (0.95, 0.99), "lists": (0.9, 0.95, 0.99)}


def whole(report, pictures):
    """Everything; `pictures`: {number of vectors: name of the file beside the text}."""
    parts = [heading(report)]
    for count in report["sizes"]:
        size = SIZES[count]
        parts.append(f"\n## {size} vectors\n")
        parts.append(_goals(goals.judged(report, size)))
        if count in pictures:
            parts.append(f"\n![recall and queries a second]({pictures[count]})")
        builds = [one for one in report["builds"] if one["size"] == count]
        parts += [_builds(builds)] if builds else []
        parts.append(_memory([one for one in report["results"] if one["size"] == count]))
        parts += [of_section(one) for one in report["results"] if one["size"] == count]
    return "\n".join([*parts, *_commands(report)]) + "\n"


def heading(report):
    machine = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return "\n".join(
        [
            f"# Vector search, {report['date']}",
            "",
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
            f"{' '.join(machine['flags'])}; {machine['system']}.",
            f"{versions}.",
            "",
            f"{report['dim']} dimensions, top {report['top_k']}, cosine; medians of "
            f"{report['rounds']} round(s), each of at least {report['seconds']:g} s a row.",
            f"`{report['command']}`",
        ]
    )


def of_section(one):
    title = f"\n### {one['section'].capitalize()}\n"
    rows = list(_curve_rows(one) if one["kind"] in RECALLS else _scan_rows(one))
    absent = [f"{one['name']}: {one['absent']}." for one in one["results"] if "absent" in one]
    loads = one["other_cores"]
    load = f"Used by other programs meanwhile: {min(loads):.2f} to {max(loads):.2f} cores."
    return "\n".join([title, *rows, "", " ".join([load, *absent])])


def _scan_rows(one):
    yield "| | batch | kept | recall | QPS | of rounds | ms, median | p99 | lookalike is |"
    yield "|---|---|---|---|---|---|---|---|---|"
    ours = _by_case(next((r for r in one["results"] if r["name"].startswith(OURS)), {}))
    for result in one["results"]:
        for case, row in _by_case(result).items():
            cells = [result["name"], row["batch"], f"{row['keep']:.2%}", *_figures(row)]
            is_ours = result["name"].startswith(OURS) or case not in ours
            cells.append("" if is_ours else _times(ours[case]["qps"] / row["qps"]))
            yield _line(cells)


def _curve_rows(one):
    """QPS at equal recall, and then every row."""
    recalls = RECALLS[one["kind"]]
    cases = sorted({case for r in one["results"] for case in _by_case(r)}, reverse=True)
    for share, batch in cases:
        yield f"QPS at equal recall, {share:.2%} of the vectors kept, batch {batch}:"
        yield ""
        yield "| | " + " | ".join(f"at {recall} | lookalike is" for recall in recalls) + " |"
        yield "|---|" + "---|---|" * len(recalls)
        curves = {r["name"]: points(r, share, batch) for r in one["results"] if "rows" in r}
        ours = next((curve for name, curve in curves.items() if name.startswith(OURS)), [])
        for name, curve in curves.items():
            cells = [name]
            for recall in recalls:
                reached, own = qps_at(recall, curve), qps_at(recall, ours)
                least = "at least " if begins_above(recall, curve) else ""
                cells.append(f"{least}{_rate(reached)}" if reached else _best(curve))
                is_compared = reached and own and not name.startswith(OURS)
                cells.append(_times(own / reached) if is_compared else "")
            yield _line(cells)
        yield ""
    yield "| | effort | batch | kept | recall | QPS | of rounds | ms, median | p99 | too few hits |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for result in one["results"]:
        for row in result.get("rows", []):
            cells = [result["name"], row["effort"], row["batch"], f"{row['keep']:.2%}"]
            yield _line([*cells, *_figures(row), row["hits_missing"] or ""])


def _goals(judged):
    lines = ["| goal | reached | |", "|---|---|---|"]
    lines += [_line([g["goal"], g["reached"], "met" if g["met"] else "**missed**"]) for g in judged]
    return "\n".join(lines)


def _builds(builds):
    lines = [
        "\n### Building\n",
        "| | threads | s | anonymous MiB | file MiB | |",
        "|---|---|---|---|---|---|",
    ]
    for one in builds:
        if "absent" in one:
            lines.append(_line([one["contender"], "", "", "", "", one["absent"]]))
            continue
        sizes = [_mebibytes(one[name]) for name in ("anonymous_bytes", "file_bytes")]
        load = f"beside a load of {one['other_cores']} cores" if one["loaded"] else ""
        seconds = f"{one['build_seconds']:.1f}"
        lines.append(_line([one["contender"], one["threads"], seconds, *sizes, load]))
    return "\n".join(lines)


def _memory(results):
    """Of each contender in the first section that it took part in."""
    lines = [
        "\n### Open and searched\n",
        "| | anonymous MiB | file MiB, where it stays mapped | opened in s |",
        "|---|---|---|---|",
    ]
    first = {}
    for one in results:
        for result in one["results"]:
            if "rows" in result:
                first.setdefault(result["name"], result)
    for name, result in first.items():
        sizes = [_mebibytes(result.get(size)) for size in ("anonymous_bytes", "file_bytes")]
        opened = result["open_seconds"]
        lines.append(_line([name, *sizes, "" if opened is None else f"{opened:.3f}"]))
    return "\n".join(lines)


def _commands(report):
    yield "\n## Commands\n"
    for one in report["results"]:
        for result in one["results"]:
            if result["name"].startswith(OURS) and "command" in result:
                yield f"- {one['size']:,}, {one['section']}: `{result['command']}`"


def _by_case(result):
    """The last row of each (share, batch)."""
    return {(row["keep"], row["batch"]): row for row in result.get("rows", [])}


def _figures(row):
    return [
        f"{row['recall_at_k']:.4f}",
        _rate(row["qps"]),
        f"{_rate(row['qps_lowest'])} to {_rate(row['qps_highest'])}",
        f"{row['p50_ms']:.3f}",
        f"{row['p99_ms']:.3f}",
    ]


def _rate(qps):
    return f"{qps:,.0f}" if qps >= 100 else f"{qps:.3g}"


def _mebibytes(size):
    return "" if size is None else f"{size / 2**20:.1f}"


def _best(curve):
    return f"not reached: {curve[-1][0]:.3f}" if curve else "-"


def _times(ratio):
    return f"{ratio:.2f} times as fast"


def _line(cells):
    return "| " + " | ".join(map(str, cells)) + " |"
