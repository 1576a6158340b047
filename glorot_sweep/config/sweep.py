"""The contract: what a sweep file may say. Frozen and strict, so that nothing is guessed."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from glorot_sweep.config.before_groups import (
    filled,
    without_values_of_before,
)
from glorot_sweep.config.between_sections import check_sections
from glorot_sweep.config.datasets import REDUCED, known_datasets
from glorot_sweep.config.execution import ExecutionConfig
from glorot_sweep.config.factors import check_factor
from glorot_sweep.config.image_folders import ImageFolder
from glorot_sweep.config.limits import (
    LARGEST_SWEEP_SEED,
    MOST_DATASETS,
)
from glorot_sweep.config.names import COMMIT, DATASET_NAME, SWEEP_NAME
from glorot_sweep.config.network import NetworkConfig
from glorot_sweep.config.own_variants import (
    OwnVariants,
    Rows,
    StoredRows,
    is_stored,
    refuse_shadows,
    rows_of,
)
from glorot_sweep.config.papers import NO_PAPER, paper_names
from glorot_sweep.config.plugins import Plugins
from glorot_sweep.config.replicates import ReplicatesConfig
from glorot_sweep.config.search import SearchConfig
from glorot_sweep.config.section import Section
from glorot_sweep.config.significance import Comparisons, SignificanceConfig, with_base
from glorot_sweep.config.statistics import MonitoredConfig, StatisticsConfig
from glorot_sweep.config.taken_over import with_search_as_replicates
from glorot_sweep.parts.variants import PAPER_VARIANTS, VARIANTS
from glorot_sweep.spelling import nearest

LEFT_OUT: Final[dict[str, Any]] = {
    **dict.fromkeys(("execution", "paper", "own_variants", "plugins"), True),
    "network": {"engine"},
}
"""What is not stored as it stands; see `SweepConfig.identity`."""


class SweepConfig(Section):
    """One sweep file.

    Attributes:
        name: names the sweep in MLflow and Optuna.
        seed: every other seed is derived from it.
        paper: what the report compares the results with: the name of a paper, whose table, claims
            and figures it then has, or `none`. It changes no number, so it may be changed at any
            time; left out, a sweep that has begun keeps what it has.
        plugins: modules of one's own that register parts, variants or data sets: paths that end in
            `.py`, from the folder of this file, or names of modules that Python finds. What they
            say is a part of the sweep's identity, where they lie is none.
        datasets: the columns of the table.
        own_variants: variants of one's own by name, each made of parts; `variants` names them as it
            names the others.
        variants: its rows.
        image_folders: data sets of one's own, or other copies of known ones: name to a folder
            `<split>/<class>/<image>`, or a tar of one, within the data folder; or to a mapping
            that says how images of any kind, anywhere, are prepared.
        comparisons: pairs of variants whose difference is tested whatever the table shows, the
            first of each against the second; left out, without `base`: those of the paper.
        base: a variant with which every other one is compared, beside `comparisons`; the report
            has a table of them all.
        monitored: runs for the figures, or none.
        statistics: what is measured inside the layers.
        preregistered: the commit of one's repository that held this file before any of its
            results was seen; to be written before the sweep begins.
    """

    name: Annotated[str, Field(pattern=SWEEP_NAME)]
    plugins: Plugins = ()  # before all that may name what they register
    seed: Annotated[int, Field(ge=0, le=LARGEST_SWEEP_SEED)] = 2010
    paper: str = NO_PAPER
    image_folders: dict[Annotated[str, Field(pattern=DATASET_NAME)], ImageFolder] = Field(
        default_factory=dict
    )
    datasets: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_DATASETS)]
    own_variants: OwnVariants = Field(default_factory=dict)
    variants: Annotated[tuple[str, ...], Field(min_length=1)] = tuple(PAPER_VARIANTS)
    network: NetworkConfig = NetworkConfig()
    search: SearchConfig
    replicates: ReplicatesConfig
    significance: SignificanceConfig = SignificanceConfig()
    comparisons: Comparisons = ()
    base: str | None = None
    monitored: MonitoredConfig | None = None
    statistics: StatisticsConfig = StatisticsConfig()
    execution: ExecutionConfig = ExecutionConfig()
    preregistered: Annotated[str, Field(pattern=COMMIT)] | None = None
    _rows: Rows = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        """Look up the rows once: what is registered later changes none of them."""
        self._rows = rows_of(self.variants, self.own_variants, context)

    @property
    def rows(self) -> Rows:
        """What each of `variants` is, by name and in their order: registered or of one's own."""
        return self._rows

    @model_validator(mode="before")
    @classmethod
    def _search_as_replicates(cls, values: Any) -> Any:
        return with_search_as_replicates(values)

    @field_validator("datasets", "variants", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("paper", mode="before")
    @classmethod
    def _known_paper(cls, name: Any) -> Any:
        if name not in paper_names():
            raise ValueError(f"unknown paper {name!r}{nearest(str(name), paper_names())}")
        return name

    @field_validator("datasets")
    @classmethod
    def _known_datasets(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "image_folders" not in info.data:  # they break a rule themselves
            return names
        own = [name for name in info.data["image_folders"] if name not in known_datasets()]
        reduced = [name for name in names if REDUCED.fullmatch(name)]
        return _known(
            "data set",
            names,
            (*known_datasets(), *own, *reduced, *(names if is_stored(info) else ())),
        )

    @field_validator("variants")
    @classmethod
    def _known_variants(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if "own_variants" not in info.data:  # they break a rule themselves
            return names
        stored = tuple(info.context or ()) if is_stored(info) else ()
        own = info.data["own_variants"]
        return _known("variant", names, tuple(dict.fromkeys((*VARIANTS, *own, *stored))))

    @field_validator("own_variants")
    @classmethod
    def _names_are_free(cls, own: OwnVariants, info: ValidationInfo) -> OwnVariants:
        if not is_stored(info):
            refuse_shadows(own)
        return own

    @field_validator("statistics", mode="before")
    @classmethod
    def _cost_alone(cls, value: Any) -> Any:
        return {"cost": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _factor_fits(self) -> Self:  # first: the others look at the table's value
        check_factor(self)
        return self

    @model_validator(mode="after")
    def _image_folders_are_used(self) -> Self:
        idle = sorted(set(self.image_folders) - set(self.datasets))
        if idle:
            raise ValueError(f"image_folders names {idle[0]!r}, which is not among datasets")
        return self

    @model_validator(mode="after")
    def _rates_are_those_of_variants(self) -> Self:
        _known("variant of search.learning_rates", tuple(self.search.learning_rates), self.variants)
        return self

    @model_validator(mode="after")
    def _monitored_runs_can_be_made(self) -> Self:
        if self.monitored is None:
            return self
        _known("variant of monitored.depths", tuple(self.monitored.depths), self.variants)
        if self.statistics.cost == "none":
            raise ValueError(
                "monitored runs are there to be looked into, but statistics is none; choose "
                "economy or full, or leave monitored out"
            )
        return self

    @model_validator(mode="after")
    def _widths_fit(self) -> Self:
        widths, depth = self.network.widths, self.search.depth
        if not widths:
            return self
        if (depth.low, depth.high) != (len(widths), len(widths)):
            raise ValueError(
                f"network.widths gives {len(widths)} layers, so search.depth must be low: "
                f"{len(widths)}, high: {len(widths)}, got [{depth.low}, {depth.high}]"
            )
        shaped = [name for name, row in self.rows.items() if row.profile != "equal"]
        if shaped:
            raise ValueError(
                f"the variant {shaped[0]!r} has widths of its own; leave network.widths out"
            )
        if self.monitored and (self.monitored.width or self.monitored.depths):
            raise ValueError(
                "network.widths gives widths and depth of all runs; leave monitored.width and "
                "monitored.depths out"
            )
        return self

    @model_validator(mode="after")
    def _sections_fit_together(self) -> Self:
        check_sections(self)
        return self

    @property
    def all_comparisons(self) -> Comparisons:
        """Every pair that is tested because the file names it: see `comparisons` and `base`."""
        return with_base(self.comparisons, self.base, self.variants)

    def at_look(self, number: int) -> Self:
        """Return the sweep with the seeds of look `number`, and that many groups.

        A sweep that does not go on until it is decided is returned as it is.

        Example:
            >>> search = {"trials": 4, "generation": 4, "learning_rate": {"low": 0.01, "high": 0.1}}
            >>> config = SweepConfig(name="mine", datasets=["shapeset"], search=search,
            ...     replicates={"updates": 100, "until_decided": {"most": 20, "step": 5}},
            ...     comparisons=[["tanh_n", "tanh"]])
            >>> [config.at_look(number).search.groups for number in range(4)]
            [5, 10, 15, 20]
        """
        return self.at_seeds(self.replicates.looks[number])

    def at_seeds(self, seeds: int) -> Self:
        """Return the same with so many seeds, and groups, if it goes on until it is decided."""
        if self.replicates.until_decided is None:
            return self
        replicates = self.replicates.model_copy(update={"seeds": seeds, "until_decided": None})
        search = self.search.model_copy(update={"groups": seeds})
        return self.model_copy(update={"replicates": replicates, "search": search})

    def identity(self) -> dict[str, Any]:
        """Everything that decides the numbers, as plain data: all but `execution` and `paper`.

        The engine that is wanted is left out too: what a sweep has settled on stands beside this
        in its identity. So are labels, which change no number.
        """
        content = self.model_dump(mode="json", exclude=LEFT_OUT)
        content["own_variants"] = {name: own.identity() for name, own in self.own_variants.items()}
        return without_values_of_before(content)

    @classmethod
    def from_identity(cls, stored: Mapping[str, Any], rows: Rows | None = None) -> Self:
        """Return the configuration that was stored as this `identity`, by whatever version.

        Args:
            stored: the identity.
            rows: what its variants are; one that is not among them is looked up here.

        Raises:
            ValidationError: it breaks a rule of this version.
        """
        return cls.model_validate_json(json.dumps(filled(stored)), context=StoredRows.of(rows))

    def hash(self) -> str:
        """Short hash of `identity`: two sweeps with the same hash are the same sweep."""
        return hash_of(self.identity())


def hash_of(identity: Mapping[str, Any]) -> str:
    """Return the short hash of a configuration as plain data."""
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _known(kind: str, names: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {kind} {name!r}{nearest(name, known)}")
    if len(set(names)) != len(names):
        raise ValueError(f"each {kind} may be named once, got {list(names)}")
    return names
