"""A study as a whole, with all its trials: read from one storage, written into another."""

import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from optuna.distributions import distribution_to_json, json_to_distribution
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState
from pydantic import Field, model_validator

from glorot_sweep.sweep.storage.database import AnyStorage
from glorot_sweep.tracking.copies import Copied, Number, Text, as_json

Step = Annotated[int, Field(ge=0, lt=2**31)]  # as PostgreSQL keeps it
Name = Annotated[Text, Field(max_length=512)]  # of a study, an attribute, a parameter


class IntermediateValues(Copied):
    """What a trial has reported.

    Attributes:
        steps: updates.
        values: at each.
    """

    steps: list[Step]
    values: list[Number]


class TrialCopy(Copied):
    """All of a trial; its number is its place in the study.

    Attributes:
        state: Optuna's.
        values: its objective; None: it has none.
        params: as they were chosen.
        distributions: what each was chosen from, as Optuna writes it.
        started, ended: by the clock of the machine, without a zone, as Optuna keeps them.
        user_attrs, system_attrs: attributes.
        intermediate: what was reported on the way.
    """

    state: str
    values: list[Number] | None
    params: dict[Name, Any]
    distributions: dict[Name, dict[str, Any]]
    started: str | None
    ended: str | None
    user_attrs: dict[Name, Any]
    system_attrs: dict[Name, Any]
    intermediate: IntermediateValues

    @model_validator(mode="after")
    def _as_optuna_takes_it(self) -> "TrialCopy":
        if any(map(math.isnan, self.values or ())):
            raise ValueError("its value is nan")
        try:
            self.frozen(0)
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"it is no trial ({type(error).__name__}: {error})") from None
        return self

    def frozen(self, number: int) -> FrozenTrial:
        """Return it as Optuna's own.

        Raises:
            ValueError: its parts do not fit each other.
        """
        trial = FrozenTrial(
            number=number,
            trial_id=-1,
            state=TrialState[self.state],
            value=None,
            values=self.values,
            datetime_start=_time(self.started),
            datetime_complete=_time(self.ended),
            params=self.params,
            distributions={
                name: json_to_distribution(json.dumps(one))
                for name, one in self.distributions.items()
            },
            user_attrs=self.user_attrs,
            system_attrs=self.system_attrs,
            intermediate_values=dict(
                zip(self.intermediate.steps, self.intermediate.values, strict=True)
            ),
        )
        trial._validate()
        return trial


class StudyCopy(Copied):
    """All of a study.

    Attributes:
        name: of the study.
        direction: Optuna's.
        user_attrs, system_attrs: attributes.
        trials: by number.
    """

    name: Name
    direction: Literal["MINIMIZE", "MAXIMIZE"]
    user_attrs: dict[Name, Any]
    system_attrs: dict[Name, Any]
    trials: list[TrialCopy]

    def with_user_attrs(self, changed: Callable[[dict[str, Any]], dict[str, Any]]) -> "StudyCopy":
        """Return it with other user attributes, its own and its trials'."""
        trials = [
            trial.model_copy(update={"user_attrs": changed(trial.user_attrs)})
            for trial in self.trials
        ]
        changes = {"user_attrs": changed(self.user_attrs), "trials": trials}
        return self.model_copy(update=changes)

    def line(self) -> str:
        """Return it as one line of JSON."""
        plain = self.model_dump()
        for trial in plain["trials"]:
            for place in (trial, trial["intermediate"]):
                if place["values"] is not None:
                    place["values"] = [as_json(value) for value in place["values"]]
        return json.dumps(plain, separators=(",", ":"))


def read_study(storage: AnyStorage, name: str) -> StudyCopy:
    """Return a study with all its trials."""
    study_id = storage.get_study_id_from_name(name)
    trials = storage.get_all_trials(study_id, deepcopy=False)
    return StudyCopy(
        name=name,
        direction=storage.get_study_directions(study_id)[0].name,  # type: ignore[arg-type]
        user_attrs=dict(sorted(storage.get_study_user_attrs(study_id).items())),
        system_attrs=dict(sorted(storage.get_study_system_attrs(study_id).items())),
        trials=[_trial(trial) for trial in sorted(trials, key=lambda one: one.number)],
    )


def _trial(trial: FrozenTrial) -> TrialCopy:
    return TrialCopy(
        state=trial.state.name,
        values=trial.values,
        params=dict(sorted(trial.params.items())),
        distributions={
            name: json.loads(distribution_to_json(one))
            for name, one in sorted(trial.distributions.items())
        },
        started=_text(trial.datetime_start),
        ended=_text(trial.datetime_complete),
        user_attrs=dict(sorted(trial.user_attrs.items())),
        system_attrs=dict(sorted(trial.system_attrs.items())),
        intermediate=IntermediateValues(
            steps=sorted(trial.intermediate_values),
            values=[trial.intermediate_values[step] for step in sorted(trial.intermediate_values)],
        ),
    )


def make_study(storage: AnyStorage, name: str, direction: str) -> None:
    """Make a study without trials, of a name that is free."""
    storage.create_new_study([StudyDirection[direction]], name)


def fill_study(storage: AnyStorage, copy: StudyCopy) -> None:
    """Give a study that was just made the attributes and trials of another."""
    study_id = storage.get_study_id_from_name(copy.name)
    for key, value in copy.user_attrs.items():
        storage.set_study_user_attr(study_id, key, value)
    for key, value in copy.system_attrs.items():
        storage.set_study_system_attr(study_id, key, value)
    for number, trial in enumerate(copy.trials):
        storage.create_new_trial(study_id, trial.frozen(number))


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
