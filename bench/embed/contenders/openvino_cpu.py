"""OpenVINO's CPU device: one stream over all threads, the shape fixed before compilation."""

import openvino as ov

import exports


def load(case, inputs, threads, export="openvino", precision=None):
    """Without `precision`, OpenVINO chooses how to compute what is not quantised."""
    core = ov.Core()
    model = core.read_model(exports.path(export, case))
    model.reshape(list(inputs.shape))
    config = {
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        "INFERENCE_NUM_THREADS": threads,
    }
    if precision:
        config["INFERENCE_PRECISION_HINT"] = precision
    request = core.compile_model(model, "CPU", config).create_infer_request()
    return lambda: request.infer([inputs], share_inputs=True)[0]
