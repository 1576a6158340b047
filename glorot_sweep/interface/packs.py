"""`fit_pack`: networks trained side by side in memory, without a server, a file or a study."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glorot_sweep.config.datasets import refuse_unknown_dataset
from glorot_sweep.interface.guest import as_guest, importing
from glorot_sweep.interface.loading import load_dataset
from glorot_sweep.specs import Pretraining, TrialSpec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from glorot_sweep.data.dataset import ImageDataset

EVALUATIONS = 10  # of a network, if nothing else is asked for


@dataclass(frozen=True)
class FittedPack:
    """Trained networks, in the order in which they were asked for.

    Attributes:
        networks: a row each: `network` (its number from 0), specification, state, final errors in
            percent.
        curves: a row for each evaluation of each: losses in nats, errors in percent.
        layers: a row for each look, layer and quantity, if `look_at` asked for looks.
        predictions: classes that each answers to the test images [networks, n_test], uint8.
        weights: of each, by name: weight_0 [fan_in, fan_out], bias_0 [fan_out] and so on; empty
            of one that diverged.
        specs: what was trained, whole.
        seconds: wall time of the training.
    """

    networks: "pd.DataFrame"
    curves: "pd.DataFrame"
    layers: "pd.DataFrame"
    predictions: "NDArray[np.uint8]"
    weights: tuple[Mapping[str, "NDArray[np.float32]"], ...]
    specs: tuple[TrialSpec, ...]
    seconds: float


def fit_pack(
    dataset: "str | ImageDataset",
    variants: str | Sequence[str] = "tanh_n",
    learning_rates: float | Sequence[float] = 0.05,
    seeds: int | Sequence[int] = 0,
    *,
    depth: int = 5,
    width: int = 100,
    updates: int = 1000,
    evaluations: int | None = None,
    damping: float = 0.0,
    pretraining: Pretraining | None = None,
    look_at: int | Iterable[int] = (),
    engine: str = "auto",
) -> FittedPack:
    """Train every variant at every learning rate with every seed; nothing is stored.

    Networks that can be are trained in lockstep. What comes of one depends on its own
    specification alone: it is the same to the last bit whatever is trained beside it.

    Args:
        dataset: its name, or the data set.
        variants: one name or several, as in sweep files.
        learning_rates: one step size or several.
        seeds: one or several, each of initial weights and of a stream of training examples.
        depth: hidden layers.
        width: units of each; the middle of them for a variant with a profile of its own.
        updates: SGD steps.
        evaluations: evenly spaced, the last at the end; None: ten, or one after each update if
            there are fewer.
        damping: of variants whose step rule has one.
        pretraining: of variants that are pre-trained.
        look_at: updates after which layers are looked at, on 300 test images; 0: the beginning.
        engine: `auto`, `native` or `torch`.

    Raises:
        UserError: a name is unknown, a number is out of range, the data set cannot be trained on,
            or there is nothing to train.

    Example:
        >>> import torch
        >>> from glorot_sweep.data.dataset import Examples
        >>> from glorot_sweep.data.finite import FiniteDataset
        >>> images = torch.arange(64, dtype=torch.uint8).reshape(16, 4)
        >>> some = Examples(images, torch.arange(16) // 8)
        >>> mine = FiniteDataset("mine", some, some, some, ("dark", "bright"))
        >>> pack = fit_pack(mine, ["tanh", "tanh_n"], 0.05, width=4, depth=1, updates=20)
        >>> pack.networks[["variant", "learning_rate", "seed"]].values.tolist()
        [['tanh', 0.05, 0], ['tanh_n', 0.05, 0]]
    """
    if isinstance(dataset, str):
        refuse_unknown_dataset(dataset)
    with as_guest():
        with importing():
            from glorot_sweep.interface.fitting import Asked, fit, usable  # noqa: PLC0415

        updates = _plain(updates)
        if evaluations is None:
            evaluations = EVALUATIONS if not isinstance(updates, int) else min(EVALUATIONS, updates)
        asked = Asked(
            tuple(_several(variants)), tuple(_several(learning_rates)), tuple(_several(seeds)),
            _plain(depth), _plain(width), updates, _plain(evaluations), _plain(damping),
            _plain_pretraining(pretraining), tuple(_several(look_at)), engine,
        )  # fmt: skip
        asked.check()
        return fit(asked, load_dataset(dataset) if isinstance(dataset, str) else usable(dataset))


def _several(one_or_more: Any) -> list[Any]:
    """Return one value as a list of it, several as they are; of NumPy's as numbers of Python."""
    given = _plain(one_or_more)
    alone = isinstance(given, str) or not isinstance(given, Iterable)
    return [given] if alone else [_plain(one) for one in given]


def _plain(value: Any) -> Any:
    as_plain = getattr(value, "tolist", None)
    return as_plain() if callable(as_plain) else value


def _plain_pretraining(given: Any) -> Any:
    if not isinstance(given, Pretraining):
        return given
    return Pretraining(_plain(given.updates), _plain(given.learning_rate), _plain(given.noise))
