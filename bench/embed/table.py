"""How results are printed."""


def heading(machine, threads):
    flags = " ".join(machine["flags"]) or "-"
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{threads} threads\n{flags}\n{machine['system']}\n{versions}"
    )


def of_case(result):
    """Times in ms per image; ratios to the time of lookalike's default."""
    lines = [("", "ms/image", "ratio", "cosine", "")]
    for row in result["rows"]:
        if "absent" in row:
            lines.append((row["name"], "absent", "", "", shortened(row["absent"])))
            continue
        ratio = f"{row['ratio']:.2f}" if "ratio" in row else "-"
        cosine = f"{row['cosine']:.7f}" if "cosine" in row else "-"
        lines.append((row["name"], f"{row['ms_per_image']:.2f}", ratio, cosine, row["note"]))
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    text = [f"\n{result['case']} (load before: {result['load_before']:.1f})"]
    for name, time, ratio, cosine, note in lines:
        cells = [name.ljust(widths[0]), time.rjust(widths[1])]
        cells += [ratio.rjust(widths[2]), cosine.rjust(widths[3]), note]
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def shortened(reason, length=100):
    return reason if len(reason) <= length else reason[: length - 3] + "..."
