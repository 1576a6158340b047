"""What is to be built, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glorot_sweep.data.small_imagenet.classes import ROOTS, checked_classes
from glorot_sweep.data.small_imagenet.draw import FULL_PER_CLASS, PARTS
from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import usable_processors

FOLDER = "small_imagenet"  # inside the data folder


@dataclass(frozen=True)
class BuildRequest:
    """What to build, from what.

    Attributes:
        source: copy of ImageNet: holds `<wnid>.tar` or `<wnid>/` for each synset.
        data_folder: the set becomes small_imagenet/<name>.npz in it.
        per_class: images of each class, all three splits together.
        classes: names, at least two; default all ten.
        seed: of the draw, the splits and the orders.
        workers: processes; default one for each core this process may use.
        wordnet: folder of WordNet's database; default WNSEARCHDIR, else /usr/share/wordnet.
    """

    source: Path
    data_folder: Path
    per_class: int = FULL_PER_CLASS
    classes: Sequence[str] | None = None
    seed: int = 0
    workers: int | None = None
    wordnet: Path | None = None


@dataclass(frozen=True)
class Plan:
    """A request without defaults.

    Attributes:
        name: of the set.
        classes: in the order of their labels.
        target: the file to be.
        work: folder for what is unfinished; shared by all sets, so that a smaller set, asked for
            when images are too few, need not list the sources again.
        workers: processes.
    """

    name: str
    classes: tuple[str, ...]
    target: Path
    work: Path
    workers: int


def checked(request: BuildRequest) -> Plan:
    """Check a request.

    Raises:
        UserError: a number is too small, or a class is unknown.
    """
    classes = checked_classes(request.classes)
    workers = usable_processors() if request.workers is None else request.workers
    _at_least("--per-class", request.per_class, PARTS, "9:1:1 leaves a split empty below that")
    _at_least("--workers", workers, 1, "leave it out to use all cores")
    _at_least("--seed", request.seed, 0, "any whole number from there on will do")
    name = set_name(len(classes), request.per_class)
    folder = request.data_folder / FOLDER
    return Plan(name, classes, folder / f"{name}.npz", folder / "work", workers)


def set_name(n_classes: int, per_class: int) -> str:
    """Return the name of a set.

    Example:
        >>> set_name(10, 11_000), set_name(6, 2_000)
        ('small_imagenet', 'small_imagenet-6x2000')
    """
    full = n_classes == len(ROOTS) and per_class == FULL_PER_CLASS
    return "small_imagenet" if full else f"small_imagenet-{n_classes}x{per_class}"


def _at_least(option: str, value: int, least: int, reason: str) -> None:
    if value < least:
        raise UserError(f"{option} must be at least {least}, got {value}; {reason}.")
