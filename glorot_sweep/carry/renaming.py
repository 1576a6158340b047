"""Other ids for runs, wherever a text names them: MLflow chooses the ids of the runs that it makes.

In a file a run is called by its id in the store where it was made, however often it was carried
on since; so a sweep that was imported is exported again as the same file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RUN_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
LINK = re.compile(r"/experiments/[\w-]+/runs/(?=[0-9a-f]{32})")
ANY_EXPERIMENT = "0"  # in the links of a file
SCOPE = 8  # characters of the id of the sweep's own run, in the names of its studies


@dataclass(frozen=True)
class Renaming:
    """From the ids of one place to those of another.

    Attributes:
        ids: of runs, old to new.
        experiment: what links name from now on.
        sweep: name of the sweep.
        own: old id of its own run.
    """

    ids: Mapping[str, str]
    experiment: str
    sweep: str
    own: str

    def study(self, name: str) -> str:
        """Return the new name of a study; that of another sweep stays.

        Example:
            >>> old, new = "0123456789abcdef" * 2, "f" * 32
            >>> Renaming({old: new}, "1", "quick", old).study("quick/01234567/shapeset/tanh")
            'quick/ffffffff/shapeset/tanh'
        """
        before = f"{self.sweep}/{self.own[:SCOPE]}/"
        if not name.startswith(before):
            return name
        return f"{self.sweep}/{self.ids[self.own][:SCOPE]}/{name.removeprefix(before)}"

    def text(self, text: str) -> str:
        """Return a text that names runs, studies, or links to runs, with the new ids."""
        if any(run_id in self.ids for run_id in RUN_ID.findall(text)):
            text = RUN_ID.sub(lambda found: self.ids.get(found[0], found[0]), text)
            text = LINK.sub(f"/experiments/{self.experiment}/runs/", text)
        return self.study(text)

    def texts(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the same of each value."""
        return {key: self.text(value) for key, value in texts.items()}

    def within(self, value: Any) -> Any:
        """Return the same of every text within plain data."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.within(one) for one in value]
        if isinstance(value, dict):
            return {key: self.within(one) for key, one in value.items()}
        return value
