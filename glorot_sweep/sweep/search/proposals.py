"""Proposes the parameters of trials: by TPE, or at random, numbers to six significant digits."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import RandomSampler, TPESampler
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator
from optuna.samplers._tpe.sampler import _split_trials, default_gamma
from optuna.trial import FrozenTrial, TrialState, create_trial

from glorot_sweep.sweep.search.ranges import six_digits
from glorot_sweep.sweep.search.space import Space

Parameters = Mapping[str, Any]

NARROW = 1e-6  # of a range, relative to its ends
OBSERVED = (TrialState.COMPLETE, TrialState.PRUNED)


class Proposals:
    """Draws trials of a study, each with random numbers of its own.

    By TPE these are the proposals of Optuna's `TPESampler(multivariate=True, constant_liar=True)`,
    rounded. That sorts all finished trials anew for each proposal; here they are sorted once for
    all proposals made from them.

    Args:
        study: Optuna's; only its direction is used.
        space: what to draw, in the order of drawing.
        trials: all trials of the study, by number.
        random_trials: while fewer are finished, or if it is None, trials are drawn at random.
    """

    def __init__(
        self,
        study: optuna.Study,
        space: Space,
        trials: Sequence[FrozenTrial],
        random_trials: int | None,
    ) -> None:
        self._study, self._space = study, space
        self._drawn = {name: one for name, one in sorted(space.items()) if not is_point(one)}
        self._pending = {t.number: t.params for t in trials if not t.state.is_finished()}
        observed = [trial for trial in trials if trial.state in OBSERVED]
        self._finished: _Finished | None = None
        if self._drawn and random_trials is not None and len(observed) >= random_trials:
            self._finished = _Finished(study, self._drawn, observed)

    def propose(self, number: int, seed: int, fixed: Parameters) -> Parameters:
        """Return the parameters of a new trial; it counts as pending from now on.

        Args:
            number: of the trial.
            seed: of its random numbers.
            fixed: parameters that are given.
        """
        together = self._finished.draw(seed, self._pending) if self._finished else {}
        alone = RandomSampler(seed)
        stand_in = create_trial(state=TrialState.RUNNING)

        def draw(name: str, one: BaseDistribution) -> Any:
            if name in fixed:
                return fixed[name]
            if name in together:
                return rounded(one, together[name])
            return rounded(one, alone.sample_independent(self._study, stand_in, name, one))

        self._pending[number] = {name: draw(name, one) for name, one in self._space.items()}
        return self._pending[number]


def is_point(one: BaseDistribution) -> bool:
    """Return whether there is nothing to choose: the ends agree to six significant digits.

    TPE's estimates of such a range have no width, and NaN for a draw.

    Example:
        >>> is_point(FloatDistribution(0.05, 0.05, log=True)), is_point(FloatDistribution(0.0, 1.0))
        (True, False)
    """
    if not isinstance(one, FloatDistribution):
        return one.single()
    return one.high - one.low <= NARROW * max(abs(one.low), abs(one.high))


def rounded(one: BaseDistribution, drawn: Any) -> Any:
    """Return a drawn number to six significant digits, within the bounds; what else is drawn as is.

    A log-uniform draw passes through the C library's logarithm and exponential, whose last bit is
    not the same everywhere.

    Example:
        >>> rounded(FloatDistribution(0.01, 0.1, log=True), 0.04321987654)
        0.0432199
    """
    if not isinstance(one, FloatDistribution):
        return drawn
    return min(max(six_digits(drawn), one.low), one.high)


def store(study: optuna.Study, space: Space, parameters: Parameters) -> None:
    """Add a running trial with all its parameters, in one transaction."""
    study.add_trial(
        create_trial(state=TrialState.RUNNING, params=dict(parameters), distributions=space)
    )


class _Finished:
    """TPE's two estimates from finished trials: of the good ones, and of the others."""

    def __init__(self, study: optuna.Study, space: Space, trials: list[FrozenTrial]) -> None:
        self._space = space
        self._parameters = _tpe(0)._parzen_estimator_parameters  # the same for all seeds
        good, others = _split_trials(study, trials, default_gamma(len(trials)))
        self._good = self._estimate(self._values([trial.params for trial in good]))
        self._others = self._values([trial.params for trial in others])
        self._numbers = [trial.number for trial in others]

    def draw(self, seed: int, pending: Mapping[int, Parameters]) -> dict[str, Any]:
        """Return the most promising draw; pending trials count as bad ones."""
        tpe = _tpe(seed)
        order = np.argsort([*self._numbers, *pending], kind="stable")
        lies = self._values(list(pending.values()))
        others = self._estimate(
            {name: np.append(self._others[name], lies[name])[order] for name in self._space}
        )
        candidates = self._good.sample(tpe._rng.rng, tpe._n_ei_candidates)
        improvement = tpe._compute_acquisition_func(candidates, self._good, others)
        best = tpe._compare(candidates, improvement)
        return {name: one.to_external_repr(best[name]) for name, one in self._space.items()}

    def _values(self, parameters: list[Parameters]) -> dict[str, np.ndarray]:
        """Return Optuna's numbers for the parameters of trials."""
        return {
            name: np.array([one.to_internal_repr(p[name]) for p in parameters])
            for name, one in self._space.items()
        }

    def _estimate(self, values: dict[str, np.ndarray]) -> _ParzenEstimator:
        return _ParzenEstimator(values, self._space, self._parameters)


def _tpe(seed: int) -> TPESampler:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return TPESampler(seed=seed, multivariate=True)
