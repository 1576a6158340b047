"""The figures of an initialization study, stored in its own run."""

from rich.console import Console

from glorot_sweep.report.collect_evidence import read_init_study
from glorot_sweep.report.evidence import Evidence
from glorot_sweep.report.figures.draw import draw_all
from glorot_sweep.report.files import figure_files
from glorot_sweep.report.paper import Paper
from glorot_sweep.tracking.place import Place
from glorot_sweep.tracking.records import get_run
from glorot_sweep.tracking.runs import RunWriter
from glorot_sweep.tracking.schema.beside import InitStudyRun
from glorot_sweep.tracking.schema.names import Artifact, Kind
from glorot_sweep.tracking.schema.runs import read


def store_init_study_figures(place: Place, run_id: str, paper: Paper, console: Console) -> None:
    """Draw a paper's figures of a finished study of its networks from what the server has of it."""
    record = get_run(place.client, run_id)
    assert record is not None
    init_study = read_init_study(place, read(InitStudyRun, record))
    planned = [figure for figure in paper.figures if figure.sources.kinds == (Kind.INIT_STUDY,)]
    drawn = draw_all(planned, Evidence(init_studies={init_study.dataset: init_study}))
    RunWriter(place.client, run_id, record.started).files(figure_files(drawn))
    console.print(
        f"Figures: run {run_id}, folder {Artifact.FIGURES}/",
        soft_wrap=True, highlight=False, markup=False,
    )  # fmt: skip


def say_where(place: Place, console: Console) -> None:
    """Tell a person where to look at a study."""
    first, *others = place.ui_lines()
    console.print(f"MLflow UI: {first}", soft_wrap=True, highlight=False, markup=False)
    for line in others:
        console.print(f"           {line}", soft_wrap=True, highlight=False, markup=False)
