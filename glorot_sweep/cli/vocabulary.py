"""The names that a sweep file may use, as tables."""

from collections.abc import Iterator

from rich.console import Console

from glorot_sweep.config.datasets import known_datasets
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.variants import PART_KINDS, VARIANTS, Variant

HEADINGS = ("variant", "label", "activation", "initialization", "besides")
USUAL = Variant("", "", "", "")


def show_vocabulary(console: Console) -> None:
    """Print every variant with its parts, then all parts and the data sets."""
    table = narrow_table(HEADINGS, (), map(_cells, VARIANTS.values()))
    table.columns[0].no_wrap = True  # to be copied into a sweep file
    console.print(table)
    for registry in PART_KINDS.values():
        line = f"{registry.kind.capitalize()}s: {', '.join(registry)}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(
        f"Data sets: {', '.join(known_datasets())}; with a size in the name "
        "shapeset_finite_<images> and small_imagenet-<classes>x<images of each>; any folder or tar "
        "of images, which the file's image_folders names.",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def _cells(variant: Variant) -> tuple[str, ...]:
    names = variant.name, variant.label, variant.activation, variant.initialization
    return *names, ", ".join(_besides(variant))


def _besides(variant: Variant) -> Iterator[str]:
    """Yield what is not as it is in the paper's table: that goes without saying."""
    if variant.cost != USUAL.cost:
        yield f"{variant.cost} cost"
    if variant.step_rule != USUAL.step_rule:
        yield variant.step_rule
    if not SCHEDULES[variant.schedule].is_constant:
        yield variant.schedule
    if variant.weight_decay:
        yield f"decay {variant.weight_decay:g}"
    if variant.pretrained:
        yield "pre-trained"
    if variant.profile != USUAL.profile:
        yield f"{variant.profile} widths"
