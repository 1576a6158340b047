"""Which networks are looked at, and what is seen in them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from torch import Tensor

from glorot_sweep.data.dataset import Examples
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.diagnostics.summary import summarize
from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.untrained import trace_untrained
from glorot_sweep.errors import UserError
from glorot_sweep.parts.variants import Profile, widths_of
from glorot_sweep.seeds import derive_seed

SATURATION_BOUND = 0.9
DEPTHS = (5, 10, 20)  # claim 6: gradients vanish or explode with depth
DEEP_WIDTH = 300
VARIED: tuple[Profile, ...] = ("growing", "shrinking")  # claim 44
GAINS = (("standard", 1.0), ("normalized", 1.0), ("normalized", 3.0))  # n Var[W] = 1/3, 1, 3


@dataclass(frozen=True)
class StartingNetwork:
    """What distinguishes the networks of a study.

    Attributes:
        activation: of the paper's `tanh`, or `identity` for the linear regime of equations (4) to
            (16).
        initialization: of the paper's `standard` or `normalized`.
        gain: factor on the variance of the initial weights.
        depth, width: hidden layers and their units; the middle of them where they differ.
        seed: number of the draw, counted from 0.
        shape: how the widths change from layer to layer.
        variant: whose network it is; of the paper's none.
    """

    activation: str
    initialization: str
    gain: float
    depth: int
    width: int
    seed: int
    shape: Profile = "equal"
    variant: str = ""

    def columns(self) -> dict[str, Any]:
        """Return what distinguishes it as columns of a table; the paper's have no variant."""
        return {name: value for name, value in asdict(self).items() if name != "variant" or value}

    def draw_seed(self, study_seed: int) -> int:
        """Seed of the initial weights."""
        unnamed = {"shape", "variant"}
        labels = [str(value) for name, value in asdict(self).items() if name not in unnamed]
        shape = [] if self.shape == "equal" else [self.shape]
        return derive_seed(study_seed, "init_study", *labels, *shape)


@dataclass(frozen=True)
class StudySize:
    """How much is looked at.

    Attributes:
        width, depth: of the main networks.
        draws: independent draws of their weights.
        examples: examples on which Jacobians are taken, for the first draw.
        seed: every draw's seed is derived from it.
    """

    width: int = 1000  # Sec. 2.3
    depth: int = 5
    draws: int = 5
    examples: int = 10
    seed: int = 0


Row = tuple[StartingNetwork, LayerStatistics]


def look(
    size: StudySize, probe: Examples, n_classes: int, input_scaling: str = "unit"
) -> Iterator[list[Row]]:
    """Draw every network of the paper and take its statistics, one group of networks after another.

    Args:
        size: how much.
        probe: the examples on which they are taken.
        n_classes: number of classes.
        input_scaling: see `scale_pixels`.

    Yields:
        Rows of the networks of one group; `groups` says how many groups there are.
    """
    for draw in range(size.draws):
        for activation in ("tanh", "identity"):
            networks = [
                StartingNetwork(activation, initialization, 1.0, size.depth, size.width, draw)
                for initialization in ("standard", "normalized")
            ]
            # Of a linear network every example has the same Jacobian.
            examples = 0 if draw else size.examples if activation == "tanh" else 1
            yield look_into(
                networks, size.seed, probe, n_classes, examples, input_scaling=input_scaling
            )
        for shape in VARIED:
            shaped = [
                StartingNetwork("tanh", initialization, 1.0, size.depth, size.width, draw, shape)
                for initialization in ("standard", "normalized")
            ]
            yield look_into(shaped, size.seed, probe, n_classes, 0, input_scaling=input_scaling)
    for depth in DEPTHS:
        deep = [StartingNetwork("identity", i, g, depth, DEEP_WIDTH, 0) for i, g in GAINS]
        yield look_into(deep, size.seed, probe, n_classes, 0, input_scaling=input_scaling)


def groups(size: StudySize) -> int:
    """Return the number of groups of networks that `look` yields."""
    return (2 + len(VARIED)) * size.draws + len(DEPTHS)


def look_into(
    networks: list[StartingNetwork],
    seed: int,
    probe: Examples,
    n_classes: int,
    examples: int,
    cost: str = "log_likelihood",
    inputs: Tensor | None = None,
    input_scaling: str = "unit",
) -> list[Row]:
    """Take the statistics of networks of the same widths; with details if there are examples.

    Args:
        networks: of one depth.
        seed: of the study.
        probe: the examples on which the statistics are taken.
        n_classes: number of classes.
        examples: so many have a Jacobian.
        cost: what the gradients are of.
        inputs: what initializations look at; see `trace_untrained`.
        input_scaling: see `scale_pixels`.
    """
    first = networks[0]
    trace = trace_untrained(
        [
            Architecture(n.activation, n.initialization, n.depth, n.draw_seed(seed))
            for n in networks
        ],
        [network.gain for network in networks],
        widths_of(first.shape, first.width, first.depth),
        n_classes,
        probe.images,
        probe.labels,
        cost,
        inputs,
        input_scaling,
    )
    rows = summarize(
        trace,
        0,
        detailed=examples > 0,
        saturation_bound=SATURATION_BOUND,
        jacobian_examples=max(examples, 1),
    )
    for trial, network in enumerate(networks):
        if trial not in rows:
            name = network.variant or f"{network.activation}, {network.initialization}"
            raise UserError(
                f"the network {name} of {network.depth} hidden layers of {network.width} units "
                "cannot be studied: activations or gradients are no finite numbers. Ask for fewer "
                "layers or units, or another initialization."
            )
    return [(network, row) for trial, network in enumerate(networks) for row in rows[trial]]
