"""Puts a report into `docs/results`: `python docs/publish.py FOLDER [FOLDER ...]`.

FOLDER is what `glorot-sweep report NAME --output FOLDER` wrote; its last part names the folder in
`docs/results`. Or it is a file that `glorot-sweep export` wrote: its sweep is imported into empty
stores and reported there, and the file is published beside the page that is made of it. A file
that was published before stays where a folder is published anew, and so does `README.md`, which is
written by hand.

Tables, summary, verdicts, page and list of runs are kept as they are. Figures stand on the page, so
their own files are left out. The folder's picture in the gallery is drawn anew; the lines on the
paper's statements are written anew.
"""

import argparse
import re
import tempfile
from pathlib import Path

import found
import gallery

RESULTS = Path(__file__).parent / "results"
PAGE = "report.html"
SWEEP_FILE = "*.tar.xz"
BY_HAND = "README.md"
RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")


def publish(source: Path, results: Path) -> Path:
    """Copy what a reader needs into `results`, in place of what is there; return the folder."""
    target = results / source.name
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in sorted(source.iterdir())
        if file.is_file()
    }
    if PAGE not in texts:
        raise SystemExit(f"{source} holds no {PAGE}: it is no folder of glorot-sweep report")
    if not set(gallery.TABLES) & set(texts):
        names = " or ".join(gallery.TABLES)
        raise SystemExit(f"{source} holds no {names}: its sweep is not about the paper's table")
    kept = {*target.glob(SWEEP_FILE), target / BY_HAND}
    for old in set(target.glob("*")) - kept:
        old.unlink()
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return target


def publish_file(file: Path, results: Path) -> Path:
    """Publish the sweep of a file with the page that is made of it; return the folder."""
    with tempfile.TemporaryDirectory() as temporary:
        source = remade(file, Path(temporary))
        target = publish(source, results)
    content = file.read_bytes()
    for old in target.glob(SWEEP_FILE):
        old.unlink()
    (target / file.name).write_bytes(content)
    return target


def remade(file: Path, folder: Path) -> Path:
    """Report the sweep of a file; return the report's folder, which has the sweep's name.

    Runs are named by the ids that they had where they were made, whatever they have here.

    Args:
        file: that `glorot-sweep export` wrote.
        folder: for stores and report; empty.
    """
    from rich.console import Console  # noqa: PLC0415

    from glorot_sweep.carry.importing import import_sweep  # noqa: PLC0415
    from glorot_sweep.papers import paper_of  # noqa: PLC0415
    from glorot_sweep.report.job import run_report  # noqa: PLC0415
    from glorot_sweep.tracking.records import find_runs  # noqa: PLC0415
    from glorot_sweep.tracking.schema.names import Tag  # noqa: PLC0415
    from glorot_sweep.tracking.sweeps import sweep_names  # noqa: PLC0415

    quiet = Console(quiet=True, markup=False, emoji=False)
    stores = [f"sqlite:///{folder.resolve() / name}.db" for name in ("mlflow", "optuna")]
    place = import_sweep(file, stores[0], "glorot_sweep", stores[1], quiet)
    (name,) = sweep_names(place)
    source = folder / name
    run_report(place, name, paper_of(place, name), quiet, source)
    runs = find_runs(place.client, [place.experiment_id])
    first = {run.run_id: run.tags.get(Tag.EXPORTED_RUN, run.run_id) for run in runs}
    for report in source.iterdir():
        if report.is_file():
            text = report.read_text(encoding="utf-8")
            named = RUN_ID.sub(lambda found: first.get(found[0], found[0]), text)
            report.write_text(named, encoding="utf-8")
    return source


def main() -> None:
    """Publish each folder named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sources", type=Path, nargs="+")
    for source in parser.parse_args().sources:
        target = (publish if source.is_dir() else publish_file)(source, RESULTS)
        gallery.write(target)
        print(target)
    found.write(RESULTS)


if __name__ == "__main__":
    main()
