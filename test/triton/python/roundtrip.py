"""Drives identity models of a running server with Triton's own Python client and compares every byte.

A model qualifies when each input INPUT<k> has an output OUTPUT<k> of the same type and shape. Types, dimensions and
optional inputs are read from the model's configuration. Prints one JSON document:
    requests, tensors, bytes    what was compared
    by_way                      requests for each of http, grpc, http_shared_memory, grpc_shared_memory
    by_datatype                 tensors for each datatype
    mismatches                  a sentence for each tensor that came back different (the exit status is then 1)
"""

import argparse
import json
import math
import os
import sys

import numpy as np
import tritonclient.grpc as grpc_client
import tritonclient.http as http_client
from tritonclient.utils import shared_memory

NUMPY_TYPES = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
}
MOST_OPTIONAL_INPUTS = 6
ZERO_DIMENSION = 0.05


class Input:
    """One input of a model, as its configuration describes it."""

    def __init__(self, config, batching):
        kind = config["data_type"][len("TYPE_") :]
        self.name = config["name"]
        self.output = self.name.replace("INPUT", "OUTPUT", 1)
        self.datatype = "BYTES" if kind == "STRING" else kind
        self.dims = [int(dim) for dim in config["dims"]]
        self.batching = batching
        self.optional = bool(config.get("optional", False))

    def random_array(self, rng, batch, max_elements):
        shape = ([batch] if self.batching else []) + random_shape(rng, self.dims, max_elements)
        return random_array(rng, self.datatype, shape)


def random_shape(rng, dims, max_elements):
    """Fills in the free dimensions; sizes spread over the orders of magnitude."""
    free = sum(dim < 0 for dim in dims)
    shape = []
    for dim in dims:
        if dim >= 0:
            shape.append(dim)
        elif rng.random() < ZERO_DIMENSION:
            shape.append(0)
        else:
            shape.append(int(math.exp(rng.random() * math.log(max_elements) / free)))
    return shape


def random_array(rng, datatype, shape):
    count = math.prod(shape)
    if datatype == "BYTES":
        lengths = rng.integers(0, 40, count) * (rng.random(count) > 0.2)
        elements = np.empty(count, dtype=np.object_)
        elements[:] = [rng.bytes(int(length)) for length in lengths]
        return elements.reshape(shape)
    if datatype == "BOOL":
        return rng.integers(0, 2, shape).astype(np.bool_)
    if datatype == "BF16":
        # The client takes BF16 as 32-bit floats and drops their lower halves, which are zero here.
        upper = rng.integers(0, 1 << 16, shape, dtype=np.uint32)
        return (upper << 16).view(np.float32) if count else np.zeros(shape, np.float32)
    dtype = np.dtype(NUMPY_TYPES[datatype])
    return np.frombuffer(rng.bytes(count * dtype.itemsize), dtype).reshape(shape)


def same(sent, received):
    if received is None or sent.shape != received.shape:
        return False
    if sent.size == 0:
        # The HTTP client makes any empty tensor a float64 one; `infer` has checked the datatype.
        return True
    if sent.dtype == np.object_:
        return all(one == other for one, other in zip(sent.ravel(), received.ravel()))
    return sent.dtype == received.dtype and sent.tobytes() == received.tobytes()


class Report:
    def __init__(self):
        self.requests = self.tensors = self.bytes = 0
        self.by_way = {}
        self.by_datatype = {}
        self.mismatches = []

    def request(self, way):
        self.requests += 1
        self.by_way[way] = self.by_way.get(way, 0) + 1

    def tensor(self, model, way, one, sent, received):
        self.tensors += 1
        size = sum(map(len, sent.ravel())) if sent.dtype == np.object_ else sent.nbytes
        self.bytes += int(size)
        self.by_datatype[one.datatype] = self.by_datatype.get(one.datatype, 0) + 1
        if not same(sent, received):
            back = "nothing" if received is None else f"{received.dtype} {list(received.shape)}"
            self.mismatches.append(
                f"{model} by {way}: {one.name} {one.datatype} {list(sent.shape)} came back as {back}"
            )


def infer(module, client, model, arrays):
    """arrays: pairs of Input and array. Returns the arrays that came back, by the name of the output."""
    inputs = []
    for one, array in arrays:
        tensor = module.InferInput(one.name, list(array.shape), one.datatype)
        tensor.set_data_from_numpy(array)
        inputs.append(tensor)
    outputs = [module.InferRequestedOutput(one.output) for one, _ in arrays]
    result = client.infer(model, inputs, outputs=outputs)
    return {one.output: output_array(result, one) for one, _ in arrays}


def output_array(result, one):
    """None when the output is missing or has another datatype."""
    header = result.get_output(one.output)
    if header is None:
        return None
    datatype = header["datatype"] if isinstance(header, dict) else header.datatype
    return result.as_numpy(one.output) if datatype == one.datatype else None


def infer_by_shared_memory(module, client, model, one, array):
    """One tensor there and back through two system shared-memory regions; the messages carry no tensor bytes."""
    unique = f"roundtrip_{os.getpid()}_{module.__name__.rsplit('.', 1)[-1]}"
    regions = {}
    try:
        for side in ("in", "out"):
            name = f"{unique}_{side}"
            regions[side] = shared_memory.create_shared_memory_region(name, f"/{name}", array.nbytes)
            client.register_system_shared_memory(name, f"/{name}", array.nbytes)
        shared_memory.set_shared_memory_region(regions["in"], [array])
        tensor = module.InferInput(one.name, list(array.shape), one.datatype)
        tensor.set_shared_memory(f"{unique}_in", array.nbytes)
        wanted = module.InferRequestedOutput(one.output)
        wanted.set_shared_memory(f"{unique}_out", array.nbytes)
        client.infer(model, [tensor], outputs=[wanted])
        return shared_memory.get_contents_as_numpy(regions["out"], array.dtype, array.shape).copy()
    finally:
        client.unregister_system_shared_memory()
        for region in regions.values():
            shared_memory.destroy_shared_memory_region(region)


def choose(rng, inputs):
    """All inputs that a request must have, and some of the others."""
    chosen = [one for one in inputs if not one.optional]
    optional = [one for one in inputs if one.optional]
    least = 0 if chosen else 1
    if optional:
        count = int(rng.integers(least, min(len(optional), MOST_OPTIONAL_INPUTS) + 1))
        chosen += [optional[index] for index in rng.choice(len(optional), count, replace=False)]
    return chosen


def drive(model, ways, count, rng, max_elements, report):
    config = ways["http"][1].get_model_config(model)
    batching = int(config.get("max_batch_size", 0)) > 0
    inputs = [Input(entry, batching) for entry in config["input"]]
    for turn in range(count):
        way = ("http", "grpc")[turn % 2]
        batch = int(rng.integers(1, int(config["max_batch_size"]) + 1)) if batching else 1
        arrays = [(one, one.random_array(rng, batch, max_elements)) for one in choose(rng, inputs)]
        received = infer(*ways[way], model, arrays)
        report.request(way)
        for one, array in arrays:
            report.tensor(model, way, one, array, received[one.output])
    for way, (module, client) in ways.items():
        one = next((one for one in inputs if one.datatype in NUMPY_TYPES), None)
        if one is None or sum(not other.optional for other in inputs if other is not one) > 0:
            continue
        shape = ([1] if batching else []) + [7 if dim < 0 else dim for dim in one.dims]
        array = random_array(rng, one.datatype, shape)
        received = infer_by_shared_memory(module, client, model, one, array)
        report.request(f"{way}_shared_memory")
        report.tensor(model, f"{way}_shared_memory", one, array, received)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--http", required=True, help="host:port")
    parser.add_argument("--grpc", required=True, help="host:port")
    parser.add_argument("--model", required=True, action="append", help="may be given several times")
    parser.add_argument("--count", type=int, default=100, help="requests for each model")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--max-elements", type=int, default=10_000, help="of one tensor, without the batch")
    options = parser.parse_args()
    ways = {
        "http": (http_client, http_client.InferenceServerClient(options.http, network_timeout=300.0)),
        "grpc": (grpc_client, grpc_client.InferenceServerClient(options.grpc)),
    }
    report = Report()
    rng = np.random.default_rng(options.seed)
    for model in options.model:
        drive(model, ways, options.count, rng, options.max_elements, report)
    for _, client in ways.values():
        client.close()
    json.dump(vars(report), sys.stdout)
    print()
    return 1 if report.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
