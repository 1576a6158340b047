"""What the networks of a pack say to a fixed set of examples."""

import torch
from torch import Tensor

from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.stepper import Answers
from glorot_sweep.engine.torch.packed import PackedNetwork
from glorot_sweep.engine.torch.passes import PackedPass

BATCH = 250  # examples at a time: large enough for the products, small enough for the cache


@torch.no_grad()
def answers(network: PackedNetwork, images: Tensor, labels: Tensor, scaling: str) -> Answers:
    """Return every trial's answers, in the order in which the trials were given.

    Args:
        network: the pack.
        images: 8-bit [n, inputs].
        labels: [n].
        scaling: of the images.
    """
    classes = []
    total = torch.zeros(network.layout.output_height, dtype=torch.float64, device=network.device)
    passes = None
    for some, right in zip(torch.split(images, BATCH), torch.split(labels, BATCH), strict=True):
        if passes is None or passes.log_probabilities.shape[1] != len(some):
            passes = PackedPass(network, len(some), inference=True)
        x = scale_pixels(some.to(network.device), network.dtype, scaling)
        log_p = passes.forward(x.unsqueeze(0))
        index = right.to(network.device).view(1, -1, 1).expand(len(log_p), -1, 1)
        total += log_p.gather(2, index).double().sum((1, 2))
        classes.append(log_p[:, :, : network.n_classes].argmax(2))
    order = [network.layout.position(trial) for trial in range(len(network))]
    found = torch.cat(classes, 1)[order].to(torch.uint8)
    return Answers(found.cpu().numpy(), total[order].cpu().numpy())
