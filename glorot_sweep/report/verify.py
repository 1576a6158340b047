"""Verdicts on a paper's claims as a job of its own."""

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.text import Text

from glorot_sweep.errors import UserError
from glorot_sweep.host.full_disk import tell_full_disk
from glorot_sweep.report.claims.verdict import Finding, Verdict, judge_all
from glorot_sweep.report.collect_evidence import collect_evidence
from glorot_sweep.report.files import findings_json
from glorot_sweep.report.paper import Paper
from glorot_sweep.tracking.ending import true_statuses
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.runs import RunStore
from glorot_sweep.tracking.schema.fields import tags_of
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.schema.runs import Mark, origin_here, standing

COLORS = {
    Verdict.CONFIRMED: "green",
    Verdict.CONTRADICTED: "red",
    Verdict.INCONCLUSIVE: "yellow",
}


def run_verify(
    place: Place,
    name: str | None,
    paper: Paper,
    only: list[str] | None,
    console: Console,
    output: Path | None,
) -> bool:
    """Judge the claims, print the verdicts, store them as a run.

    Args:
        place: store and experiment.
        name: of a finished sweep; None: what the initialization studies say.
        paper: whose claims they are.
        only: numbers of the claims wanted; None: all.
        console: where to print.
        output: a file to write the findings to as well.

    Returns:
        Whether any claim is contradicted.

    Raises:
        UserError: the sweep or a claim is unknown, the paper makes no claims, or the file cannot
            be written.
    """
    if not paper.claims:
        raise UserError(
            f"there are no claims to verify: the sweep {name!r} is about no paper that makes any "
            f"(paper: {paper.name}). Name one in its sweep file and run "
            "`glorot-sweep sweep` on it, which trains nothing again."
        )
    evidence = collect_evidence(place, name, paper.size)
    findings = judge_all(paper.claims, evidence, only)
    content = findings_json(findings)
    if output is not None:
        try:
            output.write_text(content, encoding="utf-8")
        except OSError as error:
            tell_full_disk(error, str(output))
            raise UserError(f"cannot write the findings to {output}: {error}") from None
    _store(place, name or "initialization", content)
    for finding in findings:
        _show(finding, console)
    for doubt in () if evidence.sweep is None else evidence.sweep.doubts:
        console.print(f"Doubtful: {doubt.sentence}", style="red", markup=False, soft_wrap=True)
    console.print(count_line(findings), highlight=False, markup=False)
    return any(finding.verdict == Verdict.CONTRADICTED for finding in findings)


def count_line(findings: list[Finding]) -> str:
    """Return how many claims have which verdict.

    Example:
        >>> count_line([])
        'Claims of the paper: 0 confirmed, 0 contradicted, 0 inconclusive'
    """
    found = Counter(finding.verdict for finding in findings)
    counts = ", ".join(f"{found[verdict]} {verdict.lower()}" for verdict in Verdict)
    return f"Claims of the paper: {counts}"


def _show(finding: Finding, console: Console) -> None:
    color = COLORS[finding.verdict]
    number, verdict = (f"{finding.number:<4}", "bold"), (finding.verdict, color)
    head = Text.assemble(number, " ", verdict, f"  {finding.statement}")
    console.print(head, highlight=False, soft_wrap=True)
    lines = [("expected", finding.expected), ("measured", finding.measured)]
    lines += [("because", finding.reason), ("runs", " ".join(finding.run_ids))]
    for word, text in lines:
        if text:
            console.print(f"     {word}: {text}", markup=False, highlight=False, soft_wrap=True)


def _store(place: Place, name: str, content: str) -> None:
    """Write the findings into a run; under `mlflow run` into the run that it has made."""
    runs = RunStore(place.client, place.experiment_id)
    tags = tags_of(origin_here(name), Mark(kind=Kind.VERIFY), standing(State.RUNNING))
    if place.project_run:
        run = runs.adopt(place.project_run, f"{name}-verify", tags)
    else:
        run = runs.create(f"{name}-verify", tags)
    with true_statuses(run):
        run.text(content, Artifact.FINDINGS)
        run.finish(State.COMPLETE)
