"""How results are printed: Markdown."""


def heading(report):
    machine, sheets = report["machine"], report["sheets"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    pixels = ", ".join(f"{count} of {size}" for size, count in sheets["pixels"].items())
    return "\n".join(
        [
            f"# Import of design patents, {report['date']}",
            "",
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"{report['threads']} threads; {' '.join(machine['flags'])}; {machine['system']}.",
            f"{versions}.",
            "",
            f"Sheets, bilevel TIFF (G4), all different: {pixels}; median "
            f"{sheets['median_bytes']:.0f} bytes. {report['rounds']} rounds, medians.",
            f"`{report['command']}`",
        ]
    )


def of_case(result):
    lines = [
        f"\n## {result['case']}\n",
        "| | sheets | sheets/s | CPU s/sheet | peak MiB | lookalike is | cosine min | mean |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in result["rows"]:
        cells = [
            row["name"],
            row["sheets"],
            f"{row['sheets_per_sec']:.2f}",
            f"{row['cpu_sec_per_sheet']:.4f}",
            f"{row['peak_mib']:.0f}",
            f"{row['ratio']:.1f} times as fast" if "ratio" in row else "",
            f"{row['cosine_min']:.5f}" if "cosine_min" in row else "",
            f"{row['cosine_mean']:.5f}" if "cosine_mean" in row else "",
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join([*lines, "", _stages(result), "", *_commands(result)])


def _stages(result):
    stages, whole = result["stages"], result["whole"]
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in stages["ms_per_sheet"].items())
    return (
        f"Stages alone on one thread ({stages['sheets']} sheets), CPU ms a sheet: {parts}; sum "
        f"{stages['sum_ms_per_sheet']:.2f}. The whole ({whole['name']}): "
        f"{whole['core_ms_per_sheet']:.2f} ms of all cores a sheet, "
        f"**{whole['ratio_to_stages']:.3f}** times the sum; "
        f"its CPU time with loading the model: {whole['cpu_ms_per_sheet']:.2f} ms."
    )


def _commands(result):
    loads = [turn["load_before"] for row in result["rows"] for turn in row["rounds"]]
    yield f"Load average before a turn: {min(loads):.1f} to {max(loads):.1f}. Commands:"
    yield ""
    yield from (f"- {row['name']}: `{row['command']}`" for row in result["rows"])
