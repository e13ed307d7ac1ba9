"""Draws of NumPy's legacy generator, PyTorch's on a CPU, scikit-learn's split and PyTorch's loader.

    pip install torch==2.13.0 numpy==2.4.6 scikit-learn==1.9.1
    python Scripts/make_generator_fixture.py > Tests/TensorsTests/Fixtures/generators.json
"""
import json
import numpy
import torch
import sklearn
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset


def state(seed):
    return numpy.random.RandomState(seed)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def doubles(array):
    return numpy.asarray(array).ravel().tolist()


def numpy_cases():
    r = state(42)
    mixed = {
        "binomial 1 0.5 [7]": doubles(r.binomial(1, 0.5, 7)),
        "normal [5]": doubles(r.normal(0, 1, 5)),
        "uniform 0.5 1.5 [4]": doubles(r.uniform(0.5, 1.5, 4)),
        "normal 2 3 [3]": doubles(r.normal(2, 3, 3)),
        "permutation 10": doubles(r.permutation(10)),
        "randint -3 12 [9]": doubles(r.randint(-3, 12, 9)),
        "choice 20 5": doubles(r.choice(20, 5)),
        "choice 20 5 without": doubles(r.choice(20, 5, replace=False)),
        "binomial 9 0.7 [8]": doubles(r.binomial(9, 0.7, 8)),
        "binomial 200 0.1 [8]": doubles(r.binomial(200, 0.1, 8)),
    }
    shuffled = list(range(13))
    r.shuffle(shuffled)
    mixed["shuffle 13"] = shuffled
    key = r.get_state()
    mixed["state"] = {"first": [int(w) for w in key[1][:3]], "position": int(key[2]),
                      "has spare": int(key[3]), "spare": float(key[4])}
    r = state(2 ** 32 - 1)
    return {"seed 42": mixed, "seed 4294967295 normal [4]": doubles(r.normal(size=4)),
            "seed 4294967295 permutation 1000 after it": doubles(r.permutation(1000))}


def torch_cases():
    g = generator(135)
    cases = {
        "randn [5]": doubles(torch.randn(5, generator=g)),
        "randn [16] after it": doubles(torch.randn(16, generator=g)),
        "randn [37] after it": doubles(torch.randn(37, generator=g)),
        "rand [3] after it": doubles(torch.rand(3, generator=g)),
        "randn [1] after it": doubles(torch.randn(1, generator=g)),
        "randperm 17 after it": doubles(torch.randperm(17, generator=g)),
        "random_ after it": str(torch.empty((), dtype=torch.int64).random_(generator=g).item()),
        "gamma 0.2 [40] after it": doubles(
            torch._standard_gamma(torch.full((40,), 0.2), generator=g)),
        "gamma 3.5 [40] after it": doubles(
            torch._standard_gamma(torch.full((40,), 3.5), generator=g)),
        "randn [4] after it": doubles(torch.randn(4, generator=g)),
    }
    torch.manual_seed(42)
    layer = torch.nn.Linear(5, 3)
    cases["linear 5 3, seed 42"] = {
        "weight": doubles(layer.weight.detach()), "bias": doubles(layer.bias.detach())}
    data = TensorDataset(torch.arange(11))
    order = lambda shuffle: [
        int(x) for (batch,) in DataLoader(data, batch_size=4, shuffle=shuffle) for x in batch]
    cases["loader orders after it"] = {
        "shuffled": order(True), "plain": order(False), "shuffled again": order(True),
        "rand": doubles(torch.rand(2))}
    return cases


train, test = train_test_split(numpy.arange(23), test_size=9, random_state=42)
mersenne = state(5489)
print(json.dumps({
    "note": f"numpy {numpy.__version__}, torch {torch.__version__}, "
            f"scikit-learn {sklearn.__version__}",
    "mt19937 seed 5489": [int(w) for w in mersenne.randint(0, 2 ** 32, 700, dtype=numpy.uint32)],
    "numpy": numpy_cases(), "torch": torch_cases(),
    "split 23 9, seed 42": {"train": doubles(train), "test": doubles(test)},
}, indent=1))
