"""One turn of one contender: a process from its start to its end, and what it used."""

import os
import subprocess
import threading
import time
from pathlib import Path

import processes

# Between two looks at memory.
INTERVAL_SECONDS = 0.25


def run(command, environment, log):
    """Standard output; {wall_sec, cpu_sec, peak_mib} of the process and its children.

    The peak is the highest sum of proportional shares (PSS: memory that processes share counts
    once) that was seen, but at least the exact peak of the largest process alone.
    """
    start = time.perf_counter()
    process = processes.start(
        command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
    )
    watch = Watch(process.pid)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}; see {log.name}")
    return out, {
        "wall_sec": wall,
        "cpu_sec": usage.ru_utime + usage.ru_stime,
        "peak_mib": max(watch.peak_kib, usage.ru_maxrss) / 1024,
    }


class Watch:
    """Looks at the memory of a process and its children until it is stopped."""

    def __init__(self, pid):
        self.peak_kib = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()

    def _look(self):
        while not self._over.wait(INTERVAL_SECONDS):
            total = sum(proportional_kib(pid) for pid in tree(self._pid))
            self.peak_kib = max(self.peak_kib, total)


def tree(pid):
    """The process and all below it."""
    yield pid
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in read(file).split():
            yield from tree(int(child))


def proportional_kib(pid):
    return field_kib(f"/proc/{pid}/smaps_rollup", "Pss:")


def field_kib(file, name):
    """A line such as `VmRSS:  123 kB`; 0 when the process is gone."""
    for line in read(Path(file)).splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def read(file):
    try:
        return file.read_text()
    except OSError:
        return ""  # gone
