"""A sweep as it stands on its tracking server, for people who go on with it in Python."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.interface import columns, frames
from glorot_sweep.interface.pictures import picture
from glorot_sweep.papers import find_paper
from glorot_sweep.report.answer import answers
from glorot_sweep.report.beforehand import pairs
from glorot_sweep.report.beyond import beyond_entries
from glorot_sweep.report.collect import Collected, collect
from glorot_sweep.report.collect_evidence import collect_evidence, curve_frame, with_sweep
from glorot_sweep.report.evidence import Evidence, LookedAtRun
from glorot_sweep.report.figures.over_factor import factor_figures
from glorot_sweep.report.files import PAGE
from glorot_sweep.report.job import existing_report
from glorot_sweep.report.paper import Paper
from glorot_sweep.report.tables import entries
from glorot_sweep.report.untested import untested
from glorot_sweep.spelling import nearest
from glorot_sweep.sweep.outline import outline
from glorot_sweep.tracking.belonging import own_run
from glorot_sweep.tracking.loaded_model import load_winner
from glorot_sweep.tracking.model_names import name_to_register
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.place_options import place_options
from glorot_sweep.tracking.records import read_text
from glorot_sweep.tracking.schema.names import Artifact, Role
from glorot_sweep.tracking.schema.trained import ReplicateRun, TrainedRun
from glorot_sweep.tracking.sweeps import find_sweep, refuse_partial
from glorot_sweep.tracking.views.keeping import view_lines


class Sweep:
    """A sweep: its runs as frames, its report, its figures and its models.

    Everything is read from the tracking server: the runs when the object is made, curves, layers
    and the report when they are first asked for. It does not change afterwards; `load_sweep` reads
    anew. Numbers are numbers, and a frame has the same columns and types if it is empty.
    `docs/guide/python.md` has every column with its unit.

    Args:
        place: store and experiment.
        name: of the sweep.

    Attributes:
        name: of the sweep.

    Raises:
        UserError: there is no such sweep, or its runs contradict each other.
    """

    def __init__(self, place: Place, name: str) -> None:
        refuse_partial(place, find_sweep(place, name))
        self.name, self._place = name, place
        self._collected: Collected = collect(place, name, partial=True)
        self._levels = frames.levels_of(self.config)

    def __repr__(self) -> str:
        where = f"experiment {self._place.experiment!r} in {self._place.shown_uri}"
        return f"<Sweep {self.name!r}, {self.state}: {outline(self.config)}; {where}>"

    @property
    def config(self) -> SweepConfig:
        """Its configuration, without the part that changes no number."""
        return self._collected.asked

    @property
    def state(self) -> str:
        """`complete`, or the word for why it is not."""
        return self._collected.sweep.state.word

    @property
    def engines(self) -> dict[str, str]:
        """What trains each variant: `native` or `torch`, with the reason where it had to be."""
        found = self._collected.engines.items()
        return {name: f"{one.engine} ({one.reason})".removesuffix(" ()") for name, one in found}

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Every trial of the search, a row each; final errors in percent."""
        trials = [run for one in self._collected.at_values for run in one.trials]
        return frames.runs_frame(trials, columns.TRIALS, self._levels)

    @cached_property
    def replicates(self) -> pd.DataFrame:
        """Every replicate of the winners, a row each; final errors in percent."""
        return frames.runs_frame(self._replicates, columns.REPLICATES, self._levels)

    @cached_property
    def monitored(self) -> pd.DataFrame:
        """Every monitored run, a row each; final errors in percent."""
        return frames.runs_frame(self._collected.monitored, columns.MONITORED, self._levels)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Every evaluation of every run: losses in nats, errors in percent, over updates."""
        return frames.curves_frame(self._trained, self._curve, self._levels)

    @cached_property
    def layers(self) -> pd.DataFrame:
        """Every look into the layers of replicates and monitored runs: see `LayerStatistics`."""
        runs = [*self._replicates, *self._collected.monitored]
        return frames.layers_frame(runs, self._looked_at, self._levels)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every cell: mean test error, percent, with its 95 % interval, and the winner.

        Of a sweep with a factor those at each of its values.
        """
        return frames.table_frame(self._collected)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """Every test: differences in points of test error, with intervals and adjusted p-values.

        Of a sweep with a factor what was named is compared at each of its values, the rest at the
        table's.

        Raises:
            UserError: the sweep is unfinished.
        """
        self._refuse_unfinished("comparisons")
        return frames.comparisons_frame(self._collected, self._paper)

    @property
    def answers(self) -> list[str]:
        """What was found, in a sentence or two: those with which the report begins.

        Raises:
            UserError: the sweep is unfinished.
        """
        self._refuse_unfinished("answer")
        collected, paper = self._collected, self._paper
        table = entries(collected, Role.TABLE_DEPTH, paper)
        beyond = beyond_entries(collected, Role.TABLE_DEPTH, paper)
        named, missing = pairs(collected, paper), untested(collected, paper)
        return answers(collected.asked, named, missing, table, beyond)

    @property
    def doubts(self) -> list[str]:
        """A sentence for each run that is not believed or was left out; none in a sound sweep."""
        doubts = self._collected.doubts
        told = {doubt.run_id for doubt in doubts}
        problems = dict.fromkeys(one for at in self._at_values for one in at.problems)
        left_out = [one for one in problems if one.run_id not in told]
        return [
            *(doubt.sentence for doubt in doubts),
            *(f"{one.name} ({one.run_id}) is left out: {one.what}" for one in left_out),
        ]

    @property
    def links(self) -> list[str]:
        """Where MLflow shows it, of a database after the command that serves it; then its views."""
        views = view_lines(self._place, self._collected.sweep.run_id)
        return [*self._place.ui_lines(self._place.sweeps_page), *views]

    @cached_property
    def page(self) -> str:
        """The report's page, as HTML with everything in it.

        Raises:
            UserError: there is no report of the sweep as it is.
        """
        self._refuse_unfinished("a report")
        run = existing_report(self._place, self.name, self._paper)
        if run is None:
            raise UserError(
                f"there is no report of the sweep {self.name!r} as it is; "
                f"`glorot-sweep report {self.name}{place_options(self._place)}` makes one, or "
                "run_sweep with report=True."
            )
        return read_text(self._place.client, run.run_id, f"{Artifact.REPORT}/{PAGE}")

    def figure(self, name: str | int) -> Figure:
        """Draw a figure of the report.

        Args:
            name: as in the report's files, or its number: `learning_rate`, `figure_11`, `11`, 11.

        Raises:
            UserError: there is no such figure, or its runs are missing; names those that there
                are, and why others are not drawn.
        """
        planned = (*self._paper.figures, *factor_figures(self._collected.asked))
        return picture(planned, self._evidence, str(name))

    def model(self, variant: str, dataset: str | None = None) -> Any:
        """Load the registered model of a variant: its best replicate at the table's depth.

        Args:
            variant: of the sweep.
            dataset: of the sweep; None: its only one.

        Returns:
            MLflow's `PyFuncModel`; its method `predict` takes images.

        Raises:
            UserError: the sweep has no such variant or data set, or no model is registered.
        """
        dataset = self._only_dataset() if dataset is None else dataset
        for word, given, known in (
            ("variant", variant, self.config.variants),
            ("data set", dataset, self.config.datasets),
        ):
            if given not in known:
                hint = nearest(given, known)
                raise UserError(f"the sweep {self.name!r} has no {word} {given!r}{hint}")
        own = own_run(self._collected.sweep)
        registered = name_to_register(self._place, own, dataset, variant)
        return load_winner(self._place.client, registered)

    @property
    def _paper(self) -> Paper:
        return find_paper(self.config.paper)

    @cached_property
    def _evidence(self) -> Evidence:
        return with_sweep(self._place, self._collected, self._beside)

    @cached_property
    def _beside(self) -> Evidence:
        return collect_evidence(self._place, None, self._paper.size)

    @cached_property
    def _at_values(self) -> list[Evidence]:
        others = self._collected.others
        return [self._evidence, *(with_sweep(self._place, one, self._beside) for one in others)]

    @cached_property
    def _looked_at(self) -> Mapping[str, LookedAtRun]:
        return {run.run_id: run for one in self._at_values for run in one.runs}

    @cached_property
    def _replicates(self) -> list[ReplicateRun]:
        return [run for one in self._collected.at_values for run in one.replicates]

    @property
    def _trained(self) -> list[TrainedRun]:
        trials = [run for one in self._collected.at_values for run in one.trials]
        return [*trials, *self._replicates, *self._collected.monitored]

    def _curve(self, run: TrainedRun) -> pd.DataFrame:
        if run.run_id in self._looked_at:
            return self._looked_at[run.run_id].curve
        read = (one.curves.get(run.run_id) for one in self._collected.at_values)
        return curve_frame(self._place, run, next((one for one in read if one), {}))

    def _only_dataset(self) -> str:
        first, *others = self.config.datasets
        if others:
            names = ", ".join(self.config.datasets)
            raise UserError(f"the sweep {self.name!r} has several data sets; name one of {names}.")
        return first

    def _refuse_unfinished(self, what: str) -> None:
        if self.state != "complete":
            raise UserError(
                f"the sweep {self.name!r} is unfinished (state: {self.state}), so it has no "
                f"{what.removeprefix('a ')}. Continue it with the question that began it."
            )
