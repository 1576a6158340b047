"""Replicates of winners that are winners no more: kept for whoever looks, and in no table.

When a sweep has grown by trials, another trial of a group may have won; by groups, a replicate may
be another group's. The run of the old replicate stays as it is, but for the mark.
"""

from collections.abc import Iterable

from glorot_sweep.sweep.contents.task import Task
from glorot_sweep.sweep.records.opening import OpenSweep
from glorot_sweep.sweep.records.recording import trial_params
from glorot_sweep.tracking.belonging import runs_of
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.same_params import agree
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.members import repeating_run
from glorot_sweep.tracking.schema.names import Kind, Tag
from glorot_sweep.tracking.schema.superseding import RepeatingRun, Superseding


def supersede(sweep: OpenSweep, tasks: Iterable[Task]) -> list[str]:
    """Mark the replicates of a sweep that has grown which nobody asks for any more.

    One that is asked for still may feed fewer tables than before, and says so from now on. What
    was not trained to its end is deleted: it is no result.

    Args:
        sweep: whose runs are known; those that are marked are taken from among them.
        tasks: all replicates that it asks for now.

    Returns:
        The keys of those that were marked or deleted.
    """
    wanted = {task.key: task for task in tasks}
    found = runs_of(sweep.place.client, sweep.place.experiment_id, sweep.own, kind=Kind.REPLICATE)
    gone = []
    for run in map(repeating_run, found):
        assert run.key is not None
        task = wanted.get(run.key)
        writer = RunWriter(sweep.place.client, run.run_id, run.started)
        if task is not None and _is_asked_for(run, task):
            _say_what_it_repeats(writer, run, task)
            continue
        if run.is_whole or run.given_up:
            writer.tag(tags_of(Superseding(superseded=f"growth {sweep.growths}")))
        else:
            sweep.runs.delete(run.run_id)
        sweep.existing.pop(run.key, None)
        gone.append(run.key)
    return gone


def _is_asked_for(run: RepeatingRun, task: Task) -> bool:
    """Whether a replicate is what would be trained now; trials can have the same settings.

    One that repeats the same trial and has other params was changed; that is told elsewhere.
    """
    return run.winner == task.tags.get(Tag.WINNER) or agree(run.params, trial_params(task.spec))


def _say_what_it_repeats(writer: RunWriter, run: RepeatingRun, task: Task) -> None:
    """Tag a replicate with its winner's number, and with the tables that it feeds."""
    before = {Tag.ROLE: run.role, Tag.WINNER: run.winner, Tag.LEARNED: run.learned}
    now = {name: task.tags.get(name) for name in before}
    if changed := {str(name): one for name, one in now.items() if one not in {None, before[name]}}:
        writer.tag({name: str(one) for name, one in changed.items()})
    if run.learned is not None and now[Tag.LEARNED] is None:
        writer.forget(Tag.LEARNED)
