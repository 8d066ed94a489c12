"""ONNX Runtime's CPU provider, all graph optimisations."""

import onnxruntime

import exports


def load(case, inputs, threads, export):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(
        exports.path(export, case), options, providers=["CPUExecutionProvider"]
    )
    return lambda: session.run(["embedding"], {"inputs": inputs})[0]
