"""Does the server stay calm? 64 clients search while an import runs. See README.md."""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench" / "embed"))

import machine
from client import Load
from server import Server

WORK = ROOT / "target" / "bench" / "serve"
RESULTS = ROOT / "bench" / "results"
CLIENTS = 64
PATENTS = 120


def main():
    options = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    sheets = designs(options, PATENTS)
    pictures = [file.read_bytes() for file in sorted(sheets.rglob("*.TIF"))]
    report = {
        "date": time.strftime("%Y-%m-%d"),
        "command": shlex.join(["bench/serve/run.py", *sys.argv[1:]]),
        "machine": machine.describe(options.binary, packages=()),
        "model": options.model,
        "queries": {"count": len(pictures), "mean_bytes": sum(map(len, pictures)) // len(pictures)},
        "runs": [],
    }
    data = imported(options, sheets)
    for name, clients, at_once in [
        ("one client", 1, None),
        (f"{CLIENTS} clients, one at a time", CLIENTS, 1),
        (f"{CLIENTS} clients", CLIENTS, None),
    ]:
        report["runs"].append(run(options, data, pictures, name, clients, at_once, None))
    folder = designs(options, options.import_patents)
    name = f"{CLIENTS} clients beside an import"
    report["runs"].append(run(options, data, pictures, name, CLIENTS, None, folder))
    text = markdown(report)
    print(text)
    if not options.quick:
        path = RESULTS / f"serve-{report['date']}-{Path(options.model).name}"
        path.with_suffix(".json").write_text(json.dumps(report, indent=1) + "\n")
        path.with_suffix(".md").write_text(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--model", default="builtin", help="name or folder [builtin]")
    parser.add_argument("--size", help="pixels a side [the model's own]")
    binary = ROOT / "target" / "release" / "lookalike"
    parser.add_argument("--binary", type=Path, default=binary, help="another `lookalike`")
    options = parser.parse_args()
    options.seconds = 3 if options.quick else 20
    options.import_seconds = 5 if options.quick else 120
    options.import_patents = 60 if options.quick else 500
    return options


def designs(options, patents):
    """Made-up drawings; two numbers of patents have none in common."""
    sheets = WORK / f"designs-{patents}"
    if not sheets.exists():
        command = [options.binary, "synth", "--out", sheets, "--patents", patents]
        subprocess.run([*map(str, command), "--seed", str(patents)], check=True)
    return sheets / "patents"


def imported(options, sheets):
    data = WORK / "data"
    shutil.rmtree(data, ignore_errors=True)
    size = ["--size", options.size] if options.size else []
    command = [options.binary, "import", sheets, "--data", data, "--model", options.model, *size]
    subprocess.run([*map(str, command), "--quiet"], check=True)
    return data


def run(options, data, pictures, name, clients, at_once, folder):
    print(f"{name} ...", file=sys.stderr, flush=True)
    environment = dict(os.environ)
    if at_once:
        environment["LOOKALIKE_MAX_SEARCHES"] = str(at_once)
    with open(WORK / "server.log", "w") as log:
        server = Server(options.binary, data, environment, log)
        try:
            seconds = options.import_seconds if folder else options.seconds
            Load(server.address, pictures, clients, 1).run()
            if folder:
                start = {"path": str(folder), "collection": f"others-{time.time_ns()}"}
                start |= {"model": options.model}
                server.post("/api/batch/start", start)
            before, begin = server.metrics(), time.monotonic()
            load = Load(server.address, pictures, clients, seconds).run()
            after = server.metrics()
            result = {"name": name} | load.summary()
            gained = lambda key: after.get(key, 0) - before.get(key, 0)
            passes = gained("lookalike_forward_passes_total")
            result["pictures_a_pass"] = round(
                gained("lookalike_embedded_queries_total") / max(passes, 1), 2
            )
            if folder:
                status = server.get("/api/batch/status")["data"]
                result["import"] = {key: status[key] for key in ("status", "imported", "failed")}
                server.post("/api/batch/cancel", {})
            result["memory_mib"] = server.memory
        finally:
            result_code = server.stop()
    result["exit_status"] = result_code
    return result


def markdown(report):
    queries = report["queries"]
    lines = [
        f"# The server under load, {report['date']}\n",
        f"{report['machine']['cpu']}, {report['machine']['cores']} cores, shared with the clients; "
        f"{report['machine']['versions']['lookalike']}; encoder `{report['model']}`; "
        f"{queries['count']} drawings of {queries['mean_bytes'] // 1000} kB in the mean, none sent "
        f"twice. `{report['command']}`\n",
        "| | answers a second | p50 | p99 | worst | pictures a forward pass | refused (429, 503) "
        "| faults |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for run in report["runs"]:
        refused = sum(count for status, count in run["statuses"].items() if status in (429, 503))
        lines.append(
            f"| {run['name']} | {run['answers_a_second']} | {run['p50_ms']} ms | {run['p99_ms']} ms "
            f"| {run['worst_ms']} ms | {run['pictures_a_pass']} | {refused} | {run['faults']} |"
        )
    last = report["runs"][-1]
    lines += [
        f"\nBeside the import ({last['import']['imported']} pictures imported meanwhile, "
        f"{last['import']['failed']} failed), memory of the server:\n",
        "| second | resident | of it no file's |",
        "| ---: | ---: | ---: |",
    ]
    memory = last["memory_mib"]
    for index in sorted({round(share / 8 * (len(memory) - 1)) for share in range(9)}):
        second, resident, anonymous = memory[index]
        lines.append(f"| {second} | {resident} MiB | {anonymous} MiB |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
