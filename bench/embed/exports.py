"""The models in the formats of ONNX Runtime and OpenVINO, kept under target/bench/embed/exports.

Each is made by a process of its own, `python exports.py KIND NAME SIZE FOLDER`: whoever loads the
result then has no other library's threads and memory beside it.
"""

import os
import shutil
import sys
from pathlib import Path

import inputs
import processes
from cases import ROOT, WORK, Case

REQUIREMENTS = ROOT / "bench" / "embed" / "requirements.txt"
# As few as quantisation gives stable ranges for; never those that are compared.
CALIBRATION = {"count": 8, "first": 100}


def path(kind, case):
    """The file to load, exported first unless it is there and newer than model and versions."""
    folder = WORK / "exports" / f"{case.name}-{case.size}-{kind}"
    made = folder / ("model.onnx" if kind.startswith("onnx") else "model.xml")
    sources = [case.folder / "model.safetensors", REQUIREMENTS]
    newest = max(source.stat().st_mtime for source in sources)
    if not made.exists() or made.stat().st_mtime < newest:
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        command = [sys.executable, __file__, kind, case.name, str(case.size), str(unfinished)]
        # In CI, OpenVINO's tools report nothing to their maker.
        processes.output(command, env=os.environ | {"CI": "true"})
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
    return made


def _torch_model(case):
    import torch

    from contenders.pytorch import embedding_model

    return embedding_model(case), torch.from_numpy(inputs.of(case, count=2))


def onnx(case, folder):
    """By PyTorch's older exporter: what the newer one makes of attention looks for NaN in every
    score, which takes ONNX Runtime 1.6 times as long and twice the memory; its Attention operator
    (opset 23) takes 1.05 times as long."""
    import torch

    model, example = _torch_model(case)
    with torch.no_grad():
        torch.onnx.export(
            model,
            (example,),
            folder / "model.onnx",
            input_names=["inputs"],
            output_names=["embedding"],
            dynamic_axes={"inputs": {0: "batch"}},
            opset_version=18,
            dynamo=False,
        )


def onnx_int8(case, folder):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        path("onnx", case),
        folder / "model.onnx",
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
    )


def openvino(case, folder):
    import openvino as ov
    import torch

    model, example = _torch_model(case)
    with torch.no_grad():
        shape = [-1, *example.shape[1:]]
        converted = ov.convert_model(model, example_input=example, input=shape)
    ov.save_model(converted, folder / "model.xml", compress_to_fp16=False)


def openvino_int8(case, folder):
    """Weights and activations, ranges from other inputs."""
    import nncf
    import openvino as ov

    model = ov.Core().read_model(path("openvino", case))
    first, count = CALIBRATION["first"], CALIBRATION["count"]
    samples = [inputs.of(case, count=1, first=first + index) for index in range(count)]
    quantised = nncf.quantize(
        model,
        nncf.Dataset(samples),
        subset_size=len(samples),
        model_type=nncf.ModelType.TRANSFORMER,
    )
    ov.save_model(quantised, folder / "model.xml", compress_to_fp16=False)


def openvino_int8_weights(case, folder):
    """Weights alone, per channel."""
    import nncf
    import openvino as ov

    model = ov.Core().read_model(path("openvino", case))
    compressed = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    ov.save_model(compressed, folder / "model.xml", compress_to_fp16=False)


KINDS = {
    "onnx": onnx,
    "onnx-int8": onnx_int8,
    "openvino": openvino,
    "openvino-int8": openvino_int8,
    "openvino-int8-weights": openvino_int8_weights,
}

if __name__ == "__main__":
    kind, name, size, folder = sys.argv[1:]
    KINDS[kind](Case(name, int(size), 1), Path(folder))
