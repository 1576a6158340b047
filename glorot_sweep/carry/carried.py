"""What of a run and of a study is carried; the rest stays where it was made.

It says who made a sweep, where and on which server, or is made again from what is carried.
"""

from typing import Any

from glorot_sweep.carry.names import ARTIFACTS
from glorot_sweep.sweep.search.attributes import Attribute
from glorot_sweep.sweep.storage.study_copies import StudyCopy
from glorot_sweep.tracking.copies import RunCopy
from glorot_sweep.tracking.schema.fields import stored_fields
from glorot_sweep.tracking.schema.headline import Headline
from glorot_sweep.tracking.schema.names import Artifact, Kind, Param, Tag, TagFamily

STAYS = {Tag.LEASE, Tag.LEASE_BEAT, Tag.IMPORTING, Tag.DELETION}  # never in a file
PRIVATE = {"mlflow.user", "mlflow.source.name", "mlflow.source.git.repoURL", "mlflow.gitRepoURL"}
PARAMS = set(Param)  # `mlflow run` adds those of its command line: files, folders, databases
OF_ITS_REPORT = {Tag.NOTE, Tag.WRITTEN}  # on a sweep's own run, as are the metrics
HEADLINE = tuple(name for _, where in stored_fields(Headline) for name in where.names)
DERIVED = (f"{Artifact.FIGURES}/", f"{Artifact.REPORT}/")


def is_carried(path: str) -> bool:
    """Return whether the artifact of a run at this path is."""
    return path != Artifact.ENVIRONMENT and not path.startswith(DERIVED)


def is_carried_member(path: str) -> bool:
    """The same of a member of a file.

    Example:
        >>> is_carried_member("runs.jsonl"), is_carried_member("artifacts/5e7/report/report.md")
        (True, False)
    """
    folder, _, within = path.partition("/")
    return folder != ARTIFACTS or is_carried(within.partition("/")[2])


def carried_run(run: RunCopy) -> RunCopy:
    """Return a run without what stays."""
    leaves: set[str] = {*STAYS, *PRIVATE, Tag.EXPORTED_RUN}
    metrics = run.metrics
    if run.tags.get(Tag.KIND) == Kind.SWEEP:
        leaves |= OF_ITS_REPORT
        metrics = {key: one for key, one in metrics.items() if not key.startswith(HEADLINE)}
    tags = {
        key: value
        for key, value in run.tags.items()
        if key not in leaves and not key.startswith(TagFamily.SAVED_IN)
    }
    params = {key: value for key, value in run.params.items() if key in PARAMS}
    return run.model_copy(update={"tags": tags, "params": params, "metrics": metrics})


def carried_study(study: StudyCopy) -> StudyCopy:
    """Return a study without what stays: addresses on the server where it was made."""

    def without_page(attributes: dict[str, Any]) -> dict[str, Any]:
        return {key: one for key, one in attributes.items() if key != Attribute.RUN_PAGE}

    return study.with_user_attrs(without_page)
