"""100,000 small pictures: does memory stay flat and time linear? See README.md."""

import argparse
import csv
import json
import shlex
import subprocess
import sys
import time
from pathlib import Path

from layout import RESULTS, ROOT, WORK

import lookalike
import machine
import processes
import small_pictures
import turns

COUNT, QUICK_COUNT = 100_000, 3_000
# Rows of the table.
STEPS = 10
INTERVAL_SECONDS = 1.0
LAYOUTS = ("folders", "flat")


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    if not options.binary.exists():
        raise SystemExit(f"{options.binary} is missing: `make build` makes it")
    say(f"making {options.count} pictures")
    folders = small_pictures.make(WORK / f"many-{options.count}", options.count)
    name = "import-many-quick" if options.quick else f"import-many-{time.strftime('%Y-%m-%d')}"
    report = {
        "date": time.strftime("%Y-%m-%d"),
        "command": shlex.join(["bench/import/many.py", *sys.argv[1:]]),
        "machine": machine.describe(options.binary),
        "threads": options.threads,
        "pictures": small_pictures.describe(folders["folders"]),
        "layouts": {},
    }
    for layout in LAYOUTS:
        say(f"importing them: {layout}")
        curve = options.out / f"{name}-{layout}.csv"
        report["layouts"][layout] = measure(folders[layout], curve, options)
        (options.out / f"{name}.json").write_text(json.dumps(report, indent=1) + "\n")
        (options.out / f"{name}.md").write_text(text(report))
    print(text(report))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=machine.cores(), help="[one per core]")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_COUNT} pictures")
    binary = ROOT / "target" / "release" / "lookalike"
    parser.add_argument("--binary", type=Path, default=binary, help="another `lookalike`")
    options = parser.parse_args()
    options.count = QUICK_COUNT if options.quick else COUNT
    options.out = WORK if options.quick else RESULTS
    return options


def measure(folder, curve, options):
    """Two imports of a folder into the same data directory: the second has nothing to do."""
    data = WORK / "many-data"
    lookalike.remove(data)
    how = ["--model", "builtin"]
    command = lookalike.command(options.binary, data, folder, how, options.threads)
    first, samples = follow(command, data, folder)
    with open(curve, "w", newline="") as file:
        writer = csv.DictWriter(file, samples[0].keys())
        writer.writeheader()
        writer.writerows(samples)
    sizes = lookalike.sizes(data)
    second, later = follow(command, data, folder)
    lookalike.remove(data)
    if (first["imported"], second["skipped"]) != (options.count, options.count):
        raise RuntimeError(f"expected {options.count} imported, then skipped: {first}, {second}")
    if sizes["blobs"] != options.count:
        raise RuntimeError(f"expected {options.count} thumbnails, found {sizes['blobs']}")
    return {
        "elapsed_sec": first["elapsed_sec"],
        "images_per_second": first["images_per_second"],
        "table": table(samples, options.count),
        "peak_rss_mib": max(sample["rss_mib"] for sample in samples),
        "sizes": sizes,
        "again_sec": second["elapsed_sec"],
        "again_peak_rss_mib": max(sample["rss_mib"] for sample in later),
    }


def follow(command, data, folder):
    """The import's report; {seconds, processed, rss_mib, anonymous_mib} each second."""
    begin, start, samples = time.time(), time.perf_counter(), []
    process = processes.start(command, stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        status = f"/proc/{process.pid}/status"
        rss, anonymous = (turns.field_kib(status, name) for name in ("VmRSS:", "RssAnon:"))
        # Without any the process is about to end.
        if rss:
            samples.append(
                {
                    "seconds": round(time.perf_counter() - start, 2),
                    "processed": processed(data, begin),
                    "rss_mib": round(rss / 1024, 1),
                    "anonymous_mib": round(anonymous / 1024, 1),
                }
            )
        try:
            process.wait(INTERVAL_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    end = {"seconds": round(time.perf_counter() - start, 2), "processed": processed(data, begin)}
    samples.append(samples[-1] | end)
    out = process.stdout.read()
    process.stdout.close()
    if process.returncode != 0:
        raise RuntimeError(f"{shlex.join(command)} ended with status {process.returncode}")
    return lookalike.outcome(out, folder), samples


def processed(data, begin):
    """Files dealt with, as the import's own progress file has it; 0 before there is one."""
    file = data / "import_progress.json"
    try:
        # Not that of the import before.
        if file.stat().st_mtime < begin:
            return 0
        return json.loads(file.read_text())["processed"]
    except OSError:
        return 0


def table(samples, count):
    """The first sample of each tenth of the pictures."""
    rows, last = [], samples[0]
    for sample in samples[1:]:
        step = count // STEPS
        if sample["processed"] // step > last["processed"] // step:
            done = sample["processed"] - last["processed"]
            speed = done / (sample["seconds"] - last["seconds"])
            rows.append(sample | {"images_per_second": speed})
            last = sample
    return rows


def text(report):
    pictures, about = report["pictures"], report["machine"]
    lines = [
        f"# Import of {pictures['count']} small pictures, {report['date']}",
        "",
        f"{about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB; {about['system']}; "
        f"lookalike {about['versions']['lookalike']}; {report['threads']} threads; "
        f"encoder `builtin`. `{report['command']}`",
        "",
        f"All different, half JPEG, half PNG, {pictures['sides']} pixels a side, "
        f"{pictures['bytes'] / 1e6:.0f} MB.",
    ]
    for layout, result in report["layouts"].items():
        sizes = result["sizes"]
        lines += [
            "",
            f"## {small_pictures.LAYOUTS[layout]}",
            "",
            "| processed | seconds | images/s since | RSS, MiB | of it anonymous |",
            "|---|---|---|---|---|",
            *map(_line, result["table"]),
            "",
            f"{result['elapsed_sec']:.1f} s, {result['images_per_second']:.1f} images/s; "
            f"peak RSS {result['peak_rss_mib']:.0f} MiB.",
            f"Catalogue {sizes['catalog_bytes'] / 1e6:.1f} MB; {sizes['blobs']} thumbnails of "
            f"{sizes['blob_bytes'] / 1e6:.1f} MB, {sizes['blob_bytes_on_disk'] / 1e6:.1f} MB "
            "on disk.",
            f"The same import again, everything skipped: {result['again_sec']:.1f} s, peak RSS "
            f"{result['again_peak_rss_mib']:.0f} MiB.",
        ]
    return "\n".join(lines) + "\n"


def _line(row):
    cells = (
        row["processed"],
        f"{row['seconds']:.0f}",
        f"{row['images_per_second']:.0f}",
        row["rss_mib"],
        row["anonymous_mib"],
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
