"""What the machine has and what is used of it, on Linux; nothing elsewhere."""

import os
import resource
import time

_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


def anonymous_bytes(pid="self"):
    """Resident memory that no file backs."""
    for line in _read(f"/proc/{pid}/status").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    return 0


def openblas():
    """Environment that makes OpenBLAS use the CPU: 0.3.15, which FAISS brings, takes one that is
    newer than itself for one that is ten years older."""
    flags = _read("/proc/cpuinfo").split()
    for flag, core in (("avx512f", "SkylakeX"), ("avx2", "Haswell")):
        if flag in flags:
            return {"OPENBLAS_CORETYPE": core}
    return {}


class Others:
    """CPU time that was used by anything but this process and the children it has waited for."""

    def __init__(self):
        self._start = self._now()

    def cores(self):
        """On average since the beginning: 0 is a quiet machine."""
        wall, all_of_them, own = (
            now - then for now, then in zip(self._now(), self._start, strict=True)
        )
        return max(0.0, round((all_of_them - own) / wall, 2)) if wall else 0.0

    @staticmethod
    def _now():
        # user, nice, system, idle, waiting, interrupts, soft interrupts
        fields = (_read("/proc/stat").splitlines() or [""])[0].split()[1:8]
        ticks = [int(field) for field in fields] or [0] * 7
        busy = sum(ticks) - ticks[3] - ticks[4]
        kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        used = [resource.getrusage(kind) for kind in kinds]
        own = sum(usage.ru_utime + usage.ru_stime for usage in used)
        return time.monotonic(), busy * _TICK_SECONDS, own


def _read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
