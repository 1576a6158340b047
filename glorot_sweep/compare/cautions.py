"""What has to be known before a difference between sweeps is believed, in sentences."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from glorot_sweep.compare.cells import ComparedCells
from glorot_sweep.compare.settings import Setting
from glorot_sweep.compare.side import Side
from glorot_sweep.config.factors import factor_text
from glorot_sweep.parts.variants import BEFORE
from glorot_sweep.report.coverage import coverage, looks_note
from glorot_sweep.report.final_value import final_value
from glorot_sweep.report.growth import growth_sentences
from glorot_sweep.report.labels import label
from glorot_sweep.sweep.records.identity import row_of
from glorot_sweep.tracking.life import State
from glorot_sweep.tracking.schema.names import Role

LISTED = 6  # keys that are named


def cautions(
    sides: Sequence[Side], table: ComparedCells, found: Sequence[Setting]
) -> tuple[str, ...]:
    """Return the sentences.

    Args:
        sides: the sweeps.
        table: their cells at the table's depth.
        found: what they were asked for and made with.
    """
    return (
        *_unfinished(sides),
        *_by_text(sides, [coverage(side.config) for side in sides]),
        *_looks(sides),
        *_factors(sides),
        *_growths(sides),
        *_final_values(sides),
        *_configurations(found),
        *_same_seeds(sides),
        *_other_variants(sides),
        *_other_data(sides),
        *_same_images(sides),
        *_without_common_cells(sides, table),
    )


def _unfinished(sides: Sequence[Side]) -> list[str]:
    said = []
    for side in sides:
        if side.is_finished:
            continue
        state = side.collected.sweep.state
        wanted = sum(side.collected.reached.seeds.values())
        cells = side.collected.cells.items()
        ended = sum(len(cell.runs) for (role, *_), cell in cells if role == Role.TABLE_DEPTH)
        doing = "is being run, or was killed" if state is State.RUNNING else f"is {state.word}"
        said.append(
            f"{side.label} is unfinished (it {doing}): {ended} of the {wanted} replicates of its "
            "table have ended, and its means are of these."
        )
    return said


def _by_text(sides: Sequence[Side], texts: Sequence[str]) -> list[str]:
    """Return each text once, after the sweeps that it is about."""
    about: defaultdict[str, list[str]] = defaultdict(list)
    for side, text in zip(sides, texts, strict=True):
        about[text].append(side.label)
    return [f"{', '.join(names)}: {text}" for text, names in about.items()]


def _looks(sides: Sequence[Side]) -> list[str]:
    notes = [(side, note) for side in sides if (note := looks_note(side.config).strip())]
    return _by_text([side for side, _ in notes], [note for _, note in notes])


def _factors(sides: Sequence[Side]) -> list[str]:
    """Name the sweeps with more values of a factor than are compared."""
    return [
        f"{side.label} has all variants at {factor_text(side.collected.asked)}; compared are the "
        f"cells of its table, at {side.collected.value}."
        for side in sides
        if side.collected.value is not None
    ]


def _growths(sides: Sequence[Side]) -> list[str]:
    told = {side.label: growth_sentences(side.collected) for side in sides}
    return [f"{name}: {' '.join(sentences)}" for name, sentences in told.items() if sentences]


def _final_values(sides: Sequence[Side]) -> list[str]:
    texts = [f"a final error is the {final_value(side.config)}." for side in sides]
    return _by_text(sides, texts) if len(set(texts)) > 1 else []


def _configurations(found: Sequence[Setting]) -> list[str]:
    keys = [one.key for one in found if one.part == "configuration" and one.differs]
    if not keys:
        return []
    more = f" and {len(keys) - LISTED} more" if len(keys) > LISTED else ""
    these = "any of these" if len(keys) > 1 else "it"
    return [
        f"The configurations differ in {', '.join(keys[:LISTED])}{more}: a difference of errors "
        f"may come from {these}."
    ]


def _same_seeds(sides: Sequence[Side]) -> list[str]:
    return [
        f"{one.label} and {other.label} have the sweep seed {one.config.seed} in common: "
        "replicates of one number see the same training examples, and may begin with the same "
        "weights. They are not independent of each other, as the test takes "
        "them to be; where all settings agree they are copies, and are not tested."
        for one, other in combinations(sides, 2)
        if one.config.seed == other.config.seed
    ]  # fmt: skip


def _other_variants(sides: Sequence[Side]) -> list[str]:
    """Name each variant that is not made of the same parts in all sweeps that have it."""
    said = []
    for name in dict.fromkeys(name for side in sides for name in side.config.rows):
        having = [side for side in sides if name in side.config.rows]
        rows = [BEFORE | row_of(side.config.rows[name]) for side in having]
        keys = [key for key in rows[0] if len({str(row[key]) for row in rows}) > 1]
        if keys:
            each = "; ".join(
                f"{side.label}: {', '.join(f'{key} {row[key]}' for key in keys)}"
                for side, row in zip(having, rows, strict=True)
            )
            said.append(
                f"{name} is not the same variant in all sweeps ({each}): a difference there is one "
                "of its parts too."
            )
    return said


def _other_data(sides: Sequence[Side]) -> list[str]:
    said = []
    for dataset in dict.fromkeys(name for side in sides for name in side.config.datasets):
        digests = {
            side.label: digest
            for side in sides
            if (digest := side.identity.get("digests", {}).get(dataset)) is not None
        }
        if len(set(digests.values())) > 1:
            each = ", ".join(f"{name}: {digest[:12]}" for name, digest in digests.items())
            said.append(
                f"{label(dataset)} is not the same data in all sweeps ({each}): a difference there "
                "is one of data too."
            )
    return said


def _same_images(sides: Sequence[Side]) -> list[str]:
    """Name the finite data sets: sweeps with the same one are trained on the same images."""
    finite = Counter(
        (name, side.identity.get("digests", {}).get(name))
        for side in sides
        for name in side.collected.sweep.overlaps
    )
    return [
        f"{label(name)} is a finite set: the sweeps share its training images, and what others "
        "would show is in no interval."
        for (name, _), count in finite.items()
        if count > 1
    ]


def _without_common_cells(sides: Sequence[Side], table: ComparedCells) -> list[str]:
    """Name the sweeps that none of the others can be compared with, cell by cell."""
    names = {name for one in table.differences for name in (one.first, one.second)}
    return [
        f"{side.label} has no replicate in a cell of which another sweep has one too."
        for side in sides
        if side.label not in names
    ]
