"""The ten classes as subtrees of WordNet 3.0: which synsets belong to which class."""

from collections import defaultdict
from collections.abc import Sequence

from glorot_sweep.data.small_imagenet.wordnet import Nouns
from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest

# Sec. 2.1's ten nouns; its "instruments" are musical. Both fruits are roots: n13134947 is the part
# of a plant, n07705931 the food, and neither lies under the other.
ROOTS: dict[str, tuple[str, ...]] = {
    "reptile": ("n01661091",),
    "vehicle": ("n04524313",),
    "bird": ("n01503061",),
    "mammal": ("n01861778",),
    "fish": ("n02512053",),
    "furniture": ("n03405725",),
    "musical instrument": ("n03800933",),
    "tool": ("n04451818",),
    "flower": ("n11669921",),
    "fruit": ("n13134947", "n07705931"),
}
MIN_CLASSES = 2


def wnid(offset: int) -> str:
    """Return ImageNet's name of a noun synset.

    Example:
        >>> wnid(1661091)
        'n01661091'
    """
    return f"n{offset:08d}"


def classes_of_synsets(nouns: Nouns) -> dict[str, tuple[str, ...]]:
    """Return, for each synset at or below a root, the classes it lies in: one, or more.

    Raises:
        UserError: the database lacks a root.
    """
    below: dict[int, list[int]] = defaultdict(list)
    for offset, hypernyms in nouns.hypernyms.items():
        for above in hypernyms:
            below[above].append(offset)
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for name, roots in ROOTS.items():
        for offset in _subtree([_known(nouns, name, root) for root in roots], below):
            found[wnid(offset)] += (name,)
    return dict(found)


def checked_classes(named: Sequence[str] | None) -> tuple[str, ...]:
    """Return the classes asked for, in the order of the ten; all of them by default.

    Raises:
        UserError: an unknown name, a name given twice, or fewer than two.
    """
    if named is None:
        return tuple(ROOTS)
    for name in named:
        if name not in ROOTS:
            raise UserError(f"unknown class {name!r}{nearest(name, ROOTS)}")
    if len(set(named)) != len(named):
        raise UserError(f"a class is named twice in --classes: {', '.join(named)}. Name it once.")
    if len(named) < MIN_CLASSES:
        raise UserError(
            f"--classes must name at least {MIN_CLASSES} classes, got {len(named)}. "
            f"Known: {', '.join(ROOTS)}"
        )
    return tuple(name for name in ROOTS if name in named)


def _known(nouns: Nouns, name: str, root: str) -> int:
    offset = int(root[1:])
    if offset not in nouns.hypernyms:
        raise UserError(
            f"WordNet's nouns lack {root}, the root of the class {name!r}. The database is "
            "damaged; install WordNet 3.0 again, or name another folder with --wordnet."
        )
    return offset


def _subtree(roots: list[int], below: dict[int, list[int]]) -> set[int]:
    found, waiting = set(roots), list(roots)
    while waiting:
        new = set(below.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found
