"""What the figures were measured with."""

import os
import platform
from importlib import metadata

import processes
from cases import ROOT

FLAGS = """avx2 fma avx_vnni avx512f avx512_vnni avx512_bf16 avx512_fp16
    amx_tile amx_bf16 amx_int8 asimddp bf16 i8mm sve""".split()
PACKAGES = ("torch", "transformers", "onnxruntime", "openvino", "nncf", "onnx", "numpy")


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def describe(lookalike, packages=PACKAGES):
    table = _fields("/proc/cpuinfo")
    flags = (table.get("flags") or table.get("Features") or "").split()
    kilobytes = _fields("/proc/meminfo").get("MemTotal", "0 kB").split()[0]
    return {
        "cpu": table.get("model name") or platform.processor() or platform.machine(),
        "cores": cores(),
        "flags": [flag for flag in FLAGS if flag in flags],
        "memory_gib": round(int(kilobytes) / 2**20, 1),
        "system": platform.platform(),
        "versions": {
            "lookalike": _lookalike(lookalike),
            "python": platform.python_version(),
            **{name: _package(name) for name in packages},
        },
    }


def _fields(path):
    """`name: value` lines, the first of each name."""
    fields = {}
    try:
        with open(path) as lines:
            for line in lines:
                name, _, value = line.partition(":")
                fields.setdefault(name.strip(), value.strip())
    except OSError:
        pass  # not Linux
    return fields


def _lookalike(binary):
    commit = _output(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])
    version = _output([str(binary), "--version"]).removeprefix("lookalike ")
    return f"{version} (checkout at {commit})"


def _output(command):
    try:
        return processes.output(command).strip()
    except (OSError, RuntimeError):
        return "unknown"


def _package(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"
