"""What a run has stored beside its numbers: answers to the test examples, points of its errors.

And the files of a report.
"""

from glorot_sweep.errors import UserError
from glorot_sweep.report.belief import FINALS, Answers, Curves, answers_in
from glorot_sweep.tracking.copies import artifact_paths
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import ArtifactError, read_arrays, read_bytes, read_curve
from glorot_sweep.tracking.schema.names import Artifact, Curve
from glorot_sweep.tracking.schema.report import ReportRun
from glorot_sweep.tracking.schema.trained import ReplicateRun, TrialRun


def stored_answers(place: Place, run: ReplicateRun) -> Answers:
    """Return what a replicate answered.

    Raises:
        UserError: it is not there, or not what was written.
    """
    path = Artifact.PREDICTIONS
    try:
        return answers_in(read_arrays(place.client, run.run_id, path, run.sha256.get(path)))
    except (ArtifactError, ValueError) as error:
        raise UserError(
            f"{run.name} ({run.run_id}) has no test predictions: {error}. Delete that run and "
            "continue the sweep."
        ) from None


def stored_curves(place: Place, run: ReplicateRun) -> Curves:
    """Return the points of a replicate's validation and test errors."""
    return {curve: read_curve(place.client, run.run_id, curve) for curve in FINALS.values()}


def validation_curve(place: Place, run: TrialRun) -> Curves:
    """Return the points of a trial's validation error."""
    curve = Curve.VALIDATION_ERROR
    return {curve: read_curve(place.client, run.run_id, curve)}


def stored_files(place: Place, report: ReportRun) -> dict[str, bytes]:
    """Return every file of a report by its path within the report's folder.

    Raises:
        ArtifactError: one cannot be read.
    """
    folder = f"{Artifact.REPORT}/"
    return {
        path.removeprefix(folder): read_bytes(place.client, report.run_id, path)
        for path in artifact_paths(place.client, report.run_id)
        if path.startswith(folder)
    }
