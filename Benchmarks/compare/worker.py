"""Runs the cases of one peer: a request a line on standard input, an answer a line on standard
output, as the Swift side does."""

import json
import math
import sys
import time

import numpy as np

protocol = sys.stdout
sys.stdout = sys.stderr  # what a library prints must not get between


def load(setup):
    inputs = {}
    for name, array in setup["inputs"].items():
        inputs[name] = np.fromfile(array["path"], "<f8").reshape(array["shape"])
    return inputs


def main():
    peer = sys.argv[1]
    if peer in ("jax", "jax64", "optax"):
        import peers_jax as module
    else:
        import peers_torch as module
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["action"] == "variants":
                answer = {"variants": module.variants(peer, request["setup"])}
            elif request["action"] == "prepare":
                setup = request["setup"]
                run = module.prepare(peer, setup, setup["variant"], load(setup))
                answer = {}
            else:
                repeats = request.get("repeats", 1)
                start, used = time.perf_counter(), time.process_time()
                for _ in range(repeats):
                    outputs = run(request["seed"])
                answer = {"seconds": (time.perf_counter() - start) / repeats,
                          "processorSeconds": (time.process_time() - used) / repeats}
                if request.get("wantsOutput"):
                    answer["output"] = [np.asarray(o, np.float64).ravel()[:4096].tolist() for o in outputs]
        except Exception as error:  # the driver decides what a failure means
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer).replace("NaN", '"nan"').replace("-Infinity", '"-inf"')
              .replace("Infinity", '"inf"'), file=protocol, flush=True)


if __name__ == "__main__":
    main()
