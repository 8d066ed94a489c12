"""Who takes part. A peer is a module of this folder with

    load(case, inputs, threads, **settings)

for pixels, float32 [batch, 3, size, size], or tokens, int64 [batch, size], which returns a function of
no arguments: one forward pass from the loaded inputs to the embeddings, float32 [batch, dim]. A contender without a
module is `lookalike` itself: a command.
"""

import os
from dataclasses import dataclass, field

REFERENCE = "PyTorch f32"


@dataclass(frozen=True)
class Contender:
    name: str
    module: str | None
    settings: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)


def all_of_them():
    return [
        *[_lookalike(precision) for precision in ("f32", "bf16", "int8")],
        Contender(REFERENCE, "pytorch", {"precision": "f32"}),
        Contender("PyTorch f32, compiled", "pytorch", {"precision": "f32", "compiled": True}),
        Contender("PyTorch bf16", "pytorch", {"precision": "bf16"}),
        Contender("PyTorch bf16, compiled", "pytorch", {"precision": "bf16", "compiled": True}),
        Contender("ONNX Runtime f32", "onnx_runtime", {"export": "onnx"}),
        Contender("ONNX Runtime int8", "onnx_runtime", {"export": "onnx-int8"}),
        Contender("OpenVINO f32", "openvino_cpu", {"precision": "f32"}),
        Contender("OpenVINO bf16", "openvino_cpu", {"precision": "bf16"}),
        Contender("OpenVINO int8", "openvino_cpu", {"export": "openvino-int8"}),
        Contender("OpenVINO int8 weights", "openvino_cpu", {"export": "openvino-int8-weights"}),
    ]


def on_a_card():
    """On the first graphics card; PyTorch's rows need one of NVIDIA's and a build with CUDA."""
    visible = {"CUDA_VISIBLE_DEVICES": os.environ.get("CUDA_VISIBLE_DEVICES", "0")}

    def pytorch(name, **settings):
        return Contender(f"PyTorch {name}", "pytorch", {"device": "cuda"} | settings, visible)

    return [
        *[_lookalike(precision, LOOKALIKE_DEVICE="gpu") for precision in ("f16", "f32")],
        Contender(REFERENCE, "pytorch", {"precision": "f32"}),
        pytorch("CUDA f32", precision="f32"),
        pytorch("CUDA f16", precision="f16"),
        pytorch("CUDA f16, compiled", precision="f16", compiled=True),
    ]


def held_to_avx2():
    avx2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
    # PyTorch's matrix products in f32 are MKL's, which heeds neither variable.
    mkl = avx2 | {"MKL_ENABLE_INSTRUCTIONS": "AVX2"}
    f32 = {"precision": "f32"}
    return [
        _lookalike("f32", LOOKALIKE_ISA="avx2"),
        Contender("PyTorch f32, oneDNN and ATen AVX2", "pytorch", f32, avx2),
        Contender("PyTorch f32, MKL AVX2 too", "pytorch", f32, mkl),
    ]


def _lookalike(precision, **environment):
    environment = {"LOOKALIKE_DEVICE": "cpu"} | environment
    return Contender(f"lookalike {precision}", None, {"precision": precision}, environment)
