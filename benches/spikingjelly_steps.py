"""Times training steps of small spiking networks in SpikingJelly on PyTorch, on one thread.

`python benches/spikingjelly_steps.py INPUTS_FOLDER --rounds 3` reads mlp.safetensors, convnet.safetensors and
lif.safetensors, and prints one JSON object. Everything runs compiled by torch.compile, which needs a C++
compiler; compilation is outside the clock. The packages are in benches/requirements.txt.
"""

import argparse
import itertools
import json
import math
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

# Read when PyTorch is imported: compile in this process, so that no worker is left beside the clock.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

try:
    import torch
    import torch._functorch.config
    from safetensors.torch import load_file
    from spikingjelly.activation_based import layer, neuron
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    sys.exit(f"A package is missing ({error}): install those of benches/requirements.txt.")

TIME_STEPS = 4
STEPS_BEFORE_CLOCK = 5
STEPS_UNDER_CLOCK = 20
IMAGES_IN_BATCH = {"mlp": 64, "convnet": 32}
LIF_TIME_STEPS = (4, 8, 16, 32)
LIF_NEURONS_IN_ANSWER = 256
DECAY = 0.25
THRESHOLD = 0.5
STEEPNESS = 3.0
PEAK = STEEPNESS / (2 * math.tanh(STEEPNESS / 2))


class Spike(torch.autograd.Function):
    """1 above the threshold, else 0; its derivative is a sech squared, cut off outside 0 <= potential <= 1."""

    @staticmethod
    def forward(excess):
        return (excess > 0).to(excess)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, gradient):
        (excess,) = ctx.saved_tensors
        # sech^2(a) = 4 * sigmoid(2a) * (1 - sigmoid(2a)), which compiles to faster code than tanh or cosh.
        sigmoid = torch.sigmoid(2 * STEEPNESS * excess)
        derivative = 4 * PEAK * sigmoid * (1 - sigmoid)
        return torch.where(excess.abs() <= THRESHOLD, gradient * derivative, 0.0)


def leak_fire_reset(current, rest):
    """One time step of the neuron: its spike, and what the next step starts from."""
    potential = DECAY * rest + current
    spike = Spike.apply(potential - THRESHOLD)
    return spike, potential * (1 - spike)


class Neurons(nn.Module):
    """Neurons that see currents [T, ...] and start each call from rest."""

    def __init__(self):
        super().__init__()
        # FlexSN is SpikingJelly's neuron for given dynamics: compiled, faster than LIFNode, and its decay is exact.
        self.node = neuron.FlexSN(leak_fire_reset, num_states=1, step_mode="m")

    def forward(self, currents):
        spikes = self.node(currents)
        # Not functional.reset_net: its cache of modules makes torch.compile compile again for every new model.
        self.node.reset()
        return spikes


def over_time(current):
    """The same current at every time step."""
    return current.expand(TIME_STEPS, *current.shape)


class Mlp(nn.Module):
    """784-256-10."""

    def __init__(self):
        super().__init__()
        self.layer1 = nn.Linear(784, 256)
        self.neurons = Neurons()
        self.readout = nn.Linear(256, 10)

    def forward(self, pixels):
        return self.readout(self.neurons(over_time(self.layer1(pixels))).mean(0))


class Convnet(nn.Module):
    """Two convolutions of 16 and 32 channels on 28x28 grey pixels, and a readout."""

    def __init__(self):
        super().__init__()
        self.layer1 = nn.Conv2d(1, 16, 3, padding=1)
        self.neurons1 = Neurons()
        self.pool = layer.AvgPool2d(2, step_mode="m")
        self.layer2 = layer.Conv2d(16, 32, 3, padding=1, step_mode="m")
        self.neurons2 = Neurons()
        self.readout = nn.Linear(1568, 10)

    def forward(self, pixels):
        images = pixels.reshape(-1, 1, 28, 28)
        spikes = self.neurons1(over_time(self.layer1(images)))
        rates = self.neurons2(self.layer2(self.pool(spikes))).mean(0)
        return self.readout(functional.avg_pool2d(rates, 2).flatten(1))


def time_steps(step, rounds, start_round=lambda: None):
    """What the steps before the clock gave in the last round, and the mean milliseconds of a step in each round."""
    milliseconds = []
    for _ in range(rounds):
        start_round()
        before_clock = [step() for _ in range(STEPS_BEFORE_CLOCK)]
        started = time.perf_counter()
        for _ in range(STEPS_UNDER_CLOCK):
            step()
        milliseconds.append(1000 * (time.perf_counter() - started) / STEPS_UNDER_CLOCK)
    return before_clock, milliseconds


def measure_training(model, tensors, batch_size, rounds):
    """First losses and times of training steps with Adam, each on the next batch, each round from the initial weights."""
    pixels = tensors.pop("pixels").split(batch_size)
    labels = tensors.pop("labels").argmax(1).split(batch_size)
    # The file has linear weights as [inputs, outputs].
    initial = {name: tensor.T if tensor.dim() == 2 else tensor for name, tensor in tensors.items()}
    optimizer = None
    batches = None

    @torch.compile(dynamic=False)
    def loss_of_batch(images, classes):
        return functional.cross_entropy(model(images), classes)

    def start_round():
        nonlocal optimizer, batches
        batches = itertools.cycle(zip(pixels, labels))
        model.load_state_dict(initial)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001, betas=(0.9, 0.999), eps=1e-8, fused=True)

    def step():
        # A copy, as a data loader would hand over.
        batch = [tensor.clone() for tensor in next(batches)]
        optimizer.zero_grad()
        loss = loss_of_batch(*batch)
        loss.backward()
        optimizer.step()
        return loss.item()

    losses, milliseconds = time_steps(step, rounds, start_round)
    return {"losses": losses, "ms": milliseconds}


def measure_lif(current, gradient, rounds):
    """Answer and times of the neurons alone, forward and backward."""
    current.requires_grad_()
    spikes_of = torch.compile(Neurons(), dynamic=False)

    def step():
        current.grad = None
        spikes_of(current).backward(gradient)

    _, milliseconds = time_steps(step, rounds)
    return {"answer": current.grad[0, :LIF_NEURONS_IN_ANSWER].sum().item(), "ms": milliseconds}


def read_tensors(path, names):
    """The named tensors of a safetensors file."""
    if not path.is_file():
        sys.exit(f"{path} is missing.")
    tensors = load_file(path)
    missing = [name for name in names if name not in tensors]
    if missing:
        sys.exit(f"{path} lacks {', '.join(missing)}.")
    return {name: tensors[name] for name in names}


def positive(text):
    """A whole number above 0."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def main():
    parser = argparse.ArgumentParser(description="Times training steps in SpikingJelly on PyTorch, on one thread.")
    parser.add_argument("inputs", type=Path, help="folder with mlp, convnet and lif.safetensors")
    parser.add_argument("--rounds", type=positive, default=3, help="rounds of each measurement (3)")
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    # With donated buffers PyTorch 2.15 lets the compiled backward pass overwrite current[0] at T = 32.
    torch._functorch.config.donated_buffer = False

    result = {"title": f"SpikingJelly {version('spikingjelly')} on PyTorch {version('torch')}, one thread"}
    for name, model in (("mlp", Mlp()), ("convnet", Convnet())):
        names = ["pixels", "labels", *model.state_dict()]
        tensors = read_tensors(arguments.inputs / f"{name}.safetensors", names)
        result[name] = measure_training(model, tensors, IMAGES_IN_BATCH[name], arguments.rounds)
    names = [f"{kind}_{steps}" for kind in ("current", "gradient") for steps in LIF_TIME_STEPS]
    tensors = read_tensors(arguments.inputs / "lif.safetensors", names)
    result["lif"] = {
        str(steps): measure_lif(tensors[f"current_{steps}"], tensors[f"gradient_{steps}"], arguments.rounds)
        for steps in LIF_TIME_STEPS
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
