"""Which networks are looked at, and what is seen in them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from glorot_sweep.data.dataset import ImageDataset
from glorot_sweep.diagnostics.layer_statistics import LayerStatistics
from glorot_sweep.diagnostics.summary import summarize
from glorot_sweep.engine.architecture import Architecture
from glorot_sweep.engine.untrained import trace_untrained
from glorot_sweep.parts.variants import Profile, Variant, widths_of
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
        activation: of the hidden layers; `identity` for the linear regime of equations (4) to (16).
        initialization: of the weights.
        gain: factor on the variance of the initial weights.
        depth, width: hidden layers and their units; the middle of them where they differ.
        seed: number of the draw, counted from 0.
        shape: how the widths change from layer to layer.
        variant: name of the variant that begins so; empty: it is one of the paper's networks.
    """

    activation: str
    initialization: str
    gain: float
    depth: int
    width: int
    seed: int
    shape: Profile = "equal"
    variant: str = ""

    def labels(self) -> dict[str, Any]:
        """Return what tells it apart, as columns of a table; those of a study have one form."""
        return {key: value for key, value in asdict(self).items() if key != "variant" or value}

    def draw_seed(self, study_seed: int) -> int:
        """Seed of the initial weights."""
        decisive = asdict(self).items()
        labels = [str(value) for name, value in decisive if name not in {"shape", "variant"}]
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
    size: StudySize, dataset: ImageDataset, variants: Sequence[Variant] = ()
) -> Iterator[list[Row]]:
    """Draw every network and take its statistics, one group of networks after another.

    Args:
        size: how much.
        dataset: on whose probe they are taken.
        variants: whose networks; none: the paper's.

    Yields:
        Rows of the networks of one group; `groups` says how many groups there are.
    """
    yield from _of_variants(size, dataset, variants) if variants else _papers(size, dataset)


def groups(size: StudySize, variants: Sequence[Variant] = ()) -> int:
    """Return the number of groups of networks that `look` yields."""
    if variants:
        return len(variants) * size.draws
    return (2 + len(VARIED)) * size.draws + len(DEPTHS)


def _of_variants(
    size: StudySize, dataset: ImageDataset, variants: Sequence[Variant]
) -> Iterator[list[Row]]:
    for draw in range(size.draws):
        for row in variants:
            network = StartingNetwork(
                row.activation, row.initialization, 1.0, size.depth, size.width, draw, row.profile,
                row.name,
            )  # fmt: skip
            yield _look([network], size.seed, dataset, 0 if draw else size.examples)


def _papers(size: StudySize, dataset: ImageDataset) -> Iterator[list[Row]]:
    for draw in range(size.draws):
        for activation in ("tanh", "identity"):
            networks = [
                StartingNetwork(activation, initialization, 1.0, size.depth, size.width, draw)
                for initialization in ("standard", "normalized")
            ]
            # Of a linear network every example has the same Jacobian.
            examples = 0 if draw else size.examples if activation == "tanh" else 1
            yield _look(networks, size.seed, dataset, examples)
        for shape in VARIED:
            shaped = [
                StartingNetwork("tanh", initialization, 1.0, size.depth, size.width, draw, shape)
                for initialization in ("standard", "normalized")
            ]
            yield _look(shaped, size.seed, dataset, 0)
    for depth in DEPTHS:
        deep = [StartingNetwork("identity", i, g, depth, DEEP_WIDTH, 0) for i, g in GAINS]
        yield _look(deep, size.seed, dataset, 0)


def _look(
    networks: list[StartingNetwork], seed: int, dataset: ImageDataset, examples: int
) -> list[Row]:
    """Take the statistics of networks of the same widths; with details if there are examples."""
    first, probe = networks[0], dataset.probe
    trace = trace_untrained(
        [
            Architecture(n.activation, n.initialization, n.depth, n.draw_seed(seed))
            for n in networks
        ],
        [network.gain for network in networks],
        widths_of(first.shape, first.width, first.depth),
        dataset.n_classes,
        probe.images,
        probe.labels,
        lambda stream, start, count: dataset.training(stream, start, count).images,
    )
    rows = summarize(
        trace,
        0,
        detailed=examples > 0,
        saturation_bound=SATURATION_BOUND,
        jacobian_examples=max(examples, 1),
    )
    return [(network, row) for trial, network in enumerate(networks) for row in rows[trial]]
