"""Trains networks of Panda's configs with PyTorch, as its users write them, and tells how long steps take.

Takes one JSON object a line on stdin and answers each with one line:
{"build": {network, input, classes, count, batches, layout}} -> {"parameters", "kernels"}
{"run": steps} -> {"seconds"}
The first argument is the number of threads.
"""

import ctypes
import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(int(sys.argv[1]))

ACTIVATIONS = {"linear": nn.Identity, "relu": lambda: nn.ReLU(inplace=True), "gelu": nn.GELU}


def tail(layer, channels, norm):
    parts = [norm(channels)] if layer.get("batch_norm") else []
    name = layer.get("activation", "linear")
    return parts if name == "linear" else [*parts, ACTIVATIONS[name]()]


class Residual(nn.Module):
    def __init__(self, through, around, activation):
        super().__init__()
        self.through, self.around = through, around
        self.activation = ACTIVATIONS[activation]()

    def forward(self, x):
        return self.activation(self.through(x) + self.around(x))


class Embedding(nn.Module):
    def __init__(self, vocabulary, places, units):
        super().__init__()
        self.table = nn.Embedding(vocabulary, units)
        self.positions = nn.Parameter(torch.randn(places, units) * 0.02)

    def forward(self, ids):
        return self.table(ids) + self.positions


class Attention(nn.Module):
    def __init__(self, places, width, heads):
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.register_buffer("hidden", torch.ones(places, places, dtype=torch.bool).triu(1))

    def forward(self, x):
        n, places, width = x.shape
        shape = (n, places, self.heads, width // self.heads)
        q, k, v = (
            part.view(shape).transpose(1, 2)
            for part in self.query_key_value(x).split(width, dim=2)
        )
        scores = (q @ k.transpose(2, 3)) * (1 / math.sqrt(shape[3]))
        shares = scores.masked_fill(self.hidden, -math.inf).softmax(dim=-1)
        mixed = (shares @ v).transpose(1, 2).reshape(n, places, width)
        return self.output(mixed)


def size_after(size, kernel, stride, padding):
    return (size + 2 * padding - kernel) // stride + 1


def build(layers, shape, vocabulary):
    """The modules of these layers, and the shape of what they answer."""
    modules = []
    for place, layer in enumerate(layers):
        kind = layer["type"]
        if kind == "dense":
            if len(shape) == 3:
                modules.append(nn.Flatten())
                shape = [math.prod(shape)]
            units = layer["units"]
            modules.append(nn.Linear(shape[-1], units, bias=not layer.get("batch_norm")))
            modules += tail(layer, units, nn.BatchNorm1d)
            shape = [*shape[:-1], units]
        elif kind == "conv":
            kernel, stride, filters = layer["kernel"], layer.get("stride", 1), layer["filters"]
            given = layer.get("padding", "same")
            padding = {"same": kernel // 2, "valid": 0}.get(given, given)
            modules.append(
                nn.Conv2d(
                    shape[0], filters, kernel, stride, padding, bias=not layer.get("batch_norm")
                )
            )
            modules += tail(layer, filters, nn.BatchNorm2d)
            shape = [filters, *(size_after(s, kernel, stride, padding) for s in shape[1:])]
        elif kind in ("max_pool", "average_pool"):
            size = layer.get("size", 2)
            stride = layer.get("stride", size)
            modules.append({"max_pool": nn.MaxPool2d, "average_pool": nn.AvgPool2d}[kind](size, stride))
            shape = [shape[0], *(size_after(s, size, stride, 0) for s in shape[1:])]
        elif kind == "global_average_pool":
            modules += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
            shape = shape[:1]
        elif kind == "flatten":
            modules.append(nn.Flatten())
            shape = [math.prod(shape)]
        elif kind == "layer_norm":
            modules.append(nn.LayerNorm(shape[-1]))
        elif kind == "dropout":
            modules.append(nn.Dropout(layer.get("rate", 0.2)))
        elif kind == "embedding":
            modules.append(Embedding(vocabulary, shape[0], layer["units"]))
            shape = [shape[0], layer["units"]]
        elif kind == "attention":
            modules.append(Attention(*shape, layer["heads"]))
        elif kind == "residual":
            through, after = build(layer["layers"], shape, vocabulary)
            around, _ = build(layer.get("shortcut", []), shape, vocabulary)
            modules.append(Residual(through, around, layer.get("activation", "linear")))
            shape = after
        else:
            raise ValueError(f"no layer {kind}")
    return nn.Sequential(*modules), shape


class Training:
    def __init__(self, asked):
        torch.manual_seed(1)
        shape, vocabulary = asked["input"]["shape"], asked["input"]["vocabulary"]
        self.count = asked["count"]
        examples = self.count * asked["batches"]
        self.model, output = build(asked["network"]["layers"], shape, vocabulary)
        self.labels = torch.randint(asked["classes"], (examples, *output[:-1]))
        if vocabulary is None:
            self.x = torch.randn(examples, *shape)
        else:
            self.x = torch.randint(vocabulary, (examples, *shape))
        if asked["layout"] == "channels_last":
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        # A list of tensors at a time: measured on the MLP, 0.93 of the time of one after another.
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001, foreach=True)
        self.order = torch.randperm(examples)
        self.at = 0

    def step(self):
        if self.at + self.count > len(self.order):
            self.at = 0
        rows = self.order[self.at : self.at + self.count]
        self.at += self.count
        self.optimizer.zero_grad(set_to_none=True)
        outputs = self.model(self.x[rows])
        cost = F.cross_entropy(outputs.flatten(0, -2), self.labels[rows].flatten())
        cost.backward()
        self.optimizer.step()
        return cost.item()

    def parameters(self):
        return sum(p.numel() for p in self.model.parameters())


def kernels():
    """The processor that OpenBLAS has chosen its kernels for; None where it is not OpenBLAS."""
    try:
        core = ctypes.CDLL("libopenblas.so.0").openblas_get_corename
    except OSError:
        return None
    core.restype = ctypes.c_char_p
    return core().decode()


training = None
for line in sys.stdin:
    asked = json.loads(line)
    if "build" in asked:
        training = Training(asked["build"])
        answer = {"parameters": training.parameters(), "kernels": kernels()}
    else:
        started = time.perf_counter()
        for _ in range(asked["run"]):
            training.step()
        answer = {"seconds": time.perf_counter() - started}
    print(json.dumps(answer), flush=True)
