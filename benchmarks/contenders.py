"""Who takes part in a case, and who is left out by name."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cases import Case
from compiled_peer import Compiled
from lightning_peers import Lightning, Packed
from line_protocol import PeerEndedError
from peers import BareLoop, Vmap
from process_peers import Jax, SideBySide, why_no_jax
from workload import LEARNING_RATE, Contender, Layers, Pool

from glorot_sweep.specs import NATIVE, TORCH

BUILD = Path(__file__).parents[1] / "build"
JAX_PYTHONS = {
    "JAX vmap + scan": BUILD / "jax-env" / "bin" / "python",
    "JAX 0.4.31 vmap + scan": BUILD / "jax-env-0.4.31" / "bin" / "python",
}
"""As it is, and the last release with the older CPU runtime, faster for small networks."""

UNLIKE = "stacks networks of one shape and one activation"
ONE_NETWORK = "trains one network; see the cases of equal networks"
TORCH_SIDE_BY_SIDE = "torch, a process for each core"
BARE_SIDE_BY_SIDE = "bare loops, a process for each core"


@dataclass
class Lineup:
    """The contenders of a case.

    Attributes:
        engines: this project's packs, the one that the others are compared with first.
        peers: the others.
        left_out: the names of those that cannot take part, and why.
    """

    engines: list[Packed]
    peers: list[Contender] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[Contender]:
        """The engines and their peers."""
        return [*self.engines, *self.peers]

    def close(self) -> None:
        """End the processes."""
        for contender in self.all:
            contender.close()


def open_lineup(
    case: Case, pool: Pool, starts: list[Layers], folder: Path, jax_pythons: dict[str, Path]
) -> Lineup:
    """Return who takes part.

    Args:
        case: the networks.
        pool: their batches.
        starts: their initial weights.
        folder: for files of the contenders.
        jax_pythons: interpreters that have JAX, if any has, by the contender's name.
    """
    activations = [spec.variant.activation for spec in case.specs()]
    lineup = _engines(case, pool)
    several = list(zip(activations, starts, strict=True)) if case.mixed else None
    lineup.peers.append(BareLoop(pool, several or [(activations[0], starts[0])], LEARNING_RATE))
    _add_side_by_side(lineup, case, pool, folder)
    if case.mixed:
        lineup.left_out |= dict.fromkeys((Vmap.name, *jax_pythons), UNLIKE)
        lineup.left_out |= dict.fromkeys((Lightning.name, Compiled.name), ONE_NETWORK)
        return lineup
    lineup.peers += [
        Compiled(pool, activations[0], starts[0], LEARNING_RATE),
        Vmap(pool, activations[0], starts, LEARNING_RATE),
        Lightning(pool, activations[0], starts[0], LEARNING_RATE, folder),
    ]
    for name, python in jax_pythons.items():
        reason = why_no_jax(python)
        if reason:
            lineup.left_out[name] = reason
        else:
            _add_jax(lineup, Jax(name, python, pool, activations[0], starts, folder))
    return lineup


def _engines(case: Case, pool: Pool) -> Lineup:
    torch_pack = Packed(TORCH, pool, case.specs(), TORCH)
    if pool.device != "cpu":
        return Lineup([torch_pack], left_out={NATIVE: "trains on CPUs"})
    native_pack = Packed(NATIVE, pool, case.specs(), NATIVE)
    if case.trials == 1:
        native_pack.threads_tried = (1,)  # threads share networks
    return Lineup([native_pack, torch_pack])


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
        lineup.left_out |= dict.fromkeys((TORCH_SIDE_BY_SIDE, BARE_SIDE_BY_SIDE), reason)
        return
    shares = [list(range(first, case.trials, count)) for first in range(count)]
    one_each = shares if case.mixed else [share[:1] for share in shares]
    lineup.peers += [
        SideBySide(
            TORCH_SIDE_BY_SIDE, TORCH, case.size, (case.variant, shares), folder,
            device=pool.device,
        ),
        SideBySide(
            BARE_SIDE_BY_SIDE, "bare", case.size, (case.variant, one_each), folder,
            settings=BareLoop.settings, device=pool.device,
        ),
    ]  # fmt: skip
