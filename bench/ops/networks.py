"""Forward and backward passes in PyTorch, timed on demand.

Reads lines "network threads steps" and answers each with the milliseconds of the steps.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, 1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, 1, 1, bias=False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut = (
            nn.Identity()
            if stride == 1
            else nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )
        )

    def forward(self, x):
        return functional.relu(self.inner(x) + self.shortcut(x))


def pair(channels, filters):
    return [
        nn.Conv2d(channels, filters, 3, 1, 1),
        nn.ReLU(),
        nn.Conv2d(filters, filters, 3, 1, 1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]


NETWORKS = {
    "lenet": lambda: (
        (128, 1, 28, 28),
        nn.Sequential(
            nn.Conv2d(1, 8, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(256, 128),
            nn.ReLU(),
            nn.Linear(128, 10),
        ),
    ),
    "resnet": lambda: (
        (64, 3, 32, 32),
        nn.Sequential(
            nn.Conv2d(3, 16, 3, 1, 1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            Residual(16, 16, 1),
            Residual(16, 32, 2),
            Residual(32, 64, 2),
            nn.AvgPool2d(8),
            nn.Flatten(),
            nn.Linear(64, 10),
        ),
    ),
    "cifar": lambda: (
        (64, 3, 32, 32),
        nn.Sequential(*pair(3, 32), *pair(32, 64), nn.Flatten(), nn.Linear(64 * 64, 10)),
    ),
    "mlp": lambda: (
        (128, 784),
        nn.Sequential(
            nn.Linear(784, 512, bias=False),
            nn.BatchNorm1d(512),
            nn.ReLU(),
            nn.Linear(512, 256, bias=False),
            nn.BatchNorm1d(256),
            nn.ReLU(),
            nn.Linear(256, 10),
        ),
    ),
}

made = {}


def step(name):
    if name not in made:
        torch.manual_seed(0)
        shape, network = NETWORKS[name]()
        made[name] = network, torch.randn(shape), torch.randint(0, 10, (shape[0],))
    network, x, labels = made[name]
    start = time.perf_counter()
    for parameter in network.parameters():
        parameter.grad = None
    functional.cross_entropy(network(x), labels).backward()
    return 1000 * (time.perf_counter() - start)


for line in sys.stdin:
    name, threads, steps = line.split()
    torch.set_num_threads(int(threads))
    print(*[step(name) for _ in range(int(steps))], flush=True)
