"""Who takes part in a case, and who is left out by name."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cases import Case
from lightning_peers import Lightning, Packed
from line_protocol import PeerEndedError
from peers import BareLoop, Vmap
from process_peers import Jax, SideBySide, why_no_jax
from workload import LEARNING_RATE, Contender, Layers, Pool

UNLIKE = "stacks networks of one shape and one activation"
SIDE_BY_SIDE = {"packed": "packed, one thread each", "bare": "bare loops, one process each"}


@dataclass
class Lineup:
    """The contenders of a case.

    Attributes:
        packed: this project's pack on all threads: what the others are compared with.
        peers: the others.
        left_out: the names of those that cannot take part, and why.
    """

    packed: Packed
    peers: list[Contender] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[Contender]:
        """The pack and its peers."""
        return [self.packed, *self.peers]

    def close(self) -> None:
        """End the processes."""
        for contender in self.all:
            contender.close()


def open_lineup(
    case: Case, pool: Pool, starts: list[Layers], folder: Path, jax_python: Path
) -> Lineup:
    """Return who takes part.

    Args:
        case: the networks.
        pool: their batches.
        starts: their initial weights.
        folder: for files of the contenders.
        jax_python: interpreter that has JAX, if any has.
    """
    specs = case.specs()
    activations = [spec.variant.activation for spec in specs]
    lineup = Lineup(Packed("packed", pool, specs))
    several = list(zip(activations, starts, strict=True)) if case.mixed else None
    lineup.peers.append(BareLoop(pool, several or [(activations[0], starts[0])], LEARNING_RATE))
    _add_side_by_side(lineup, case, pool, folder)
    if case.mixed:
        lineup.left_out |= {Vmap.name: UNLIKE, Jax.name: UNLIKE}
        lineup.left_out[Lightning.name] = "trains one network; see the cases of equal networks"
        return lineup
    lineup.peers += [
        Vmap(pool, activations[0], starts, LEARNING_RATE),
        Lightning(pool, activations[0], starts[0], LEARNING_RATE, folder),
    ]
    reason = why_no_jax(jax_python)
    if reason:
        lineup.left_out[Jax.name] = reason
    else:
        _add_jax(lineup, Jax(jax_python, pool, activations[0], starts, folder))
    return lineup


def _add_jax(lineup: Lineup, jax: Jax) -> None:
    """Add JAX if it starts: its environment may lack the device or the activation."""
    try:
        jax.use_threads(jax.threads_tried[0])
    except PeerEndedError as error:
        jax.close()
        lineup.left_out[jax.name] = f"did not start: {error}"
    else:
        lineup.peers.append(jax)


def _add_side_by_side(lineup: Lineup, case: Case, pool: Pool, folder: Path) -> None:
    """Add processes of one thread each: as many as cores, each with its share of the trials."""
    count = min(os.cpu_count() or 1, case.trials, 8)
    if count < 2:
        reason = "one trial or one core: there is nothing to put beside it"
        lineup.left_out |= dict.fromkeys(SIDE_BY_SIDE.values(), reason)
        return
    shares = [list(range(first, case.trials, count)) for first in range(count)]
    for kind, name in SIDE_BY_SIDE.items():
        one_each = kind == "bare" and not case.mixed
        trials_of = [share[:1] for share in shares] if one_each else shares
        settings = BareLoop.settings if kind == "bare" else ("",)
        lineup.peers.append(
            SideBySide(
                name, kind, case.size, (case.variant, trials_of), folder,
                settings=settings, device=pool.device,
            )
        )  # fmt: skip
