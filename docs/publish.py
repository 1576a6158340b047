"""Puts a report into `docs/results`: `python docs/publish.py FOLDER [FOLDER ...]`.

FOLDER is what `glorot-sweep report NAME --output FOLDER` wrote; its last part names the folder in
`docs/results`. Or it is a file that `glorot-sweep export` wrote: its sweep is imported into empty
stores and reported there, and the file is published beside the page that is made of it. A file
that was published before stays where a folder is published anew.

Tables, summary, verdicts and list of runs are kept as they are. Figures stand on
the page, so their own files are left out; on the page they become text instead of base64, with
coordinates rounded to a hundredth of a point (there are 72 points in an inch).
"""

import argparse
import base64
import re
import tempfile
from pathlib import Path
from urllib.parse import quote

RESULTS = Path(__file__).parent / "results"
PAGE = "report.html"
SWEEP_FILE = "*.tar.xz"
RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")
EMBEDDED = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]*)")
PLACES = re.compile(r' (?:d|x|y|points)="[^"]*"|translate\([^)]*\)')
TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"\s+")
DECIMAL = re.compile(r"-?\d+\.\d+")
UNSEEN = (  # pattern, what stands for it
    (re.compile(r"<\?xml.*?(?=<svg)", re.DOTALL), ""),
    (re.compile(r"<metadata>.*?</metadata>", re.DOTALL), ""),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r'<g id="[^"]*"'), "<g"),  # nothing refers to groups, only to paths within them
    (re.compile(r">\s+<"), "><"),
)


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
    texts[PAGE] = smaller_page(texts[PAGE])
    kept = set(target.glob(SWEEP_FILE))
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

    quiet = Console(quiet=True)
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


def smaller_page(page: str) -> str:
    """Return the page with each of its figures made smaller, to the eye the same.

    Example:
        >>> smaller_page('<img src="data:image/svg+xml;base64,PHN2Zz4gPC9zdmc+">')
        '<img src="data:image/svg+xml,<svg></svg>">'
    """
    return EMBEDDED.sub(
        lambda found: _as_text(smaller_figure(base64.b64decode(found[1]).decode())), page
    )


def smaller_figure(svg: str) -> str:
    """Return a figure without what is not seen, its coordinates rounded.

    Example:
        >>> smaller_figure('<svg><g id="a"> <path d="M 1.23456 2 L 3 0.0001"/> </g></svg>')
        '<svg><g><path d="M 1.23 2 L 3 0"/></g></svg>'
    """
    for pattern, instead in UNSEEN:
        svg = pattern.sub(instead, svg)
    return PLACES.sub(lambda found: DECIMAL.sub(_rounded, SPACE.sub(" ", found[0])), svg)


def _rounded(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _as_text(svg: str) -> str:
    """Return the figure as an address that may stand between double quotation marks."""
    single = TAG.sub(lambda tag: tag[0].replace("'", "&#39;").replace('"', "'"), svg)
    return "data:image/svg+xml," + quote(single, safe=" <>'=:;/,.()?!@*+-_")


def main() -> None:
    """Publish each folder named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sources", type=Path, nargs="+")
    for source in parser.parse_args().sources:
        print((publish if source.is_dir() else publish_file)(source, RESULTS))


if __name__ == "__main__":
    main()
