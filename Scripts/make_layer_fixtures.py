"""Writes Tests/LayersTests/Fixtures/python.safetensors, a file by Python's safetensors, and
layers.json: values and derivatives of PyTorch's layers, activations and losses.

    python -m venv venv
    venv/bin/pip install torch==2.15.0 safetensors==0.8.0 numpy==2.4.6
    venv/bin/python Scripts/make_layer_fixtures.py
"""

import json
import pathlib

import numpy as np
import safetensors
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).parent.parent / "Tests" / "LayersTests" / "Fixtures"
PROVENANCE = "Made by Scripts/make_layer_fixtures.py with torch %s, safetensors %s." % (
    torch.__version__.split("+")[0],
    safetensors.__version__,
)

save_file(
    {
        "layers.0.weight": np.array([[1.5, -2.25, 3e-38], [0.1, 1e30, -0.0]], np.float32),
        "layers.0.bias": np.array([0.1, 1e300], np.float64),
        "counts": np.array([[[-(2**31), 2**31 - 1]]], np.int32),
        "mask": np.array([True, False, True]),
        "scalar": np.array(7.25, np.float32),
        "empty": np.zeros((0, 4), np.float32),
        'odd "name"\\ \u00fc \U0001f600\n': np.array([1], np.int32),
    },
    FOLDER / "python.safetensors",
    metadata={"note": PROVENANCE, "format": "np"},
)

torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def numbers(t):
    return t.detach().reshape(-1).tolist()


def case(function, *inputs):
    """Value, and the derivatives of its sum weighted by 1, 2, ... in each floating-point input."""
    leaves = [t.clone().requires_grad_() if t.is_floating_point() else t for t in inputs]
    y = function(*leaves)
    (y.reshape(-1) * torch.arange(1.0, y.numel() + 1)).sum().backward()
    return {
        "value": numbers(y),
        "gradients": [numbers(t.grad) for t in leaves if t.is_floating_point()],
    }


grid = torch.tensor([-30.0, -3.0, -1.25, -0.5, -1e-3, 1e-3, 0.5, 1.25, 3.0, 30.0])
activations = {
    "identity": lambda x: x * 1,
    "relu": F.relu,
    "leakyReLU": lambda x: F.leaky_relu(x, 0.2),
    "elu": lambda x: F.elu(x, 1.5),
    "selu": F.selu,
    "gelu": F.gelu,
    "silu": F.silu,
    "mish": F.mish,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": F.softplus,
}
prediction, target = torch.randn(4, 3) * 2, torch.randn(4, 3)
probabilities = torch.softmax(torch.randn(4, 3), -1)
labels = torch.tensor([2, 0, 1, 1])
yes = torch.rand(4, 3)
losses = {}
for r in ("mean", "sum", "none"):
    losses["meanSquaredError " + r] = case(
        lambda p, t: F.mse_loss(p, t, reduction=r), prediction, target)
    losses["meanAbsoluteError " + r] = case(
        lambda p, t: F.l1_loss(p, t, reduction=r), prediction, target)
    losses["huberLoss " + r] = case(
        lambda p, t: F.huber_loss(p, t, delta=0.7, reduction=r), prediction, target)
    losses["softmaxCrossEntropy " + r] = case(
        lambda p, t: F.cross_entropy(p, t, reduction=r), prediction, probabilities)
    losses["softmaxCrossEntropy labels " + r] = case(
        lambda p, t: F.cross_entropy(p, t, reduction=r), prediction, labels)
    losses["binaryCrossEntropy " + r] = case(
        lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction=r), prediction, yes)
weight, bias, x = torch.randn(2, 3), torch.randn(2), torch.randn(4, 3)
scale, shift = torch.randn(3), torch.randn(3)
result = {
    "note": PROVENANCE,
    "grid": numbers(grid),
    "activations": {name: case(f, grid) for name, f in activations.items()},
    "prediction": numbers(prediction),
    "target": numbers(target),
    "probabilities": numbers(probabilities),
    "labels": labels.tolist(),
    "yes": numbers(yes),
    "losses": losses,
    "x": numbers(x),
    "weight": numbers(weight),
    "bias": numbers(bias),
    "linear": case(F.linear, x, weight, bias),
    "scale": numbers(scale),
    "shift": numbers(shift),
    "layerNorm": case(lambda x, a, b: F.layer_norm(x, (3,), a, b), x, scale, shift),
}
lines = ",\n".join(json.dumps(k) + ": " + json.dumps(v) for k, v in result.items())
(FOLDER / "layers.json").write_text("{\n" + lines + "\n}\n")
