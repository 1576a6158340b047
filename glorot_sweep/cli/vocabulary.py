"""The names that a sweep file may use, as tables."""

from rich.console import Console
from rich.table import Table

from glorot_sweep.config.datasets import known_datasets
from glorot_sweep.parts.schedules import SCHEDULES
from glorot_sweep.parts.variants import PART_KINDS, VARIANTS, Variant

HEADINGS = (
    "variant", "label", "activation", "initialization", "cost", "step rule", "pre-trained",
    "widths",
)  # fmt: skip


def show_vocabulary(console: Console) -> None:
    """Print every variant with its parts, then all parts and the data sets."""
    table = Table()
    for heading in HEADINGS:
        table.add_column(heading)
    for variant in VARIANTS.values():
        table.add_row(*_cells(variant))
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
    return (
        variant.name, variant.label, variant.activation, variant.initialization, variant.cost,
        _steps(variant), "yes" if variant.pretrained else "no", variant.profile,
    )  # fmt: skip


def _steps(variant: Variant) -> str:
    """The step rule, the schedule and the decay; what is usual goes without saying."""
    schedule = "" if SCHEDULES[variant.schedule].is_constant else f", {variant.schedule}"
    decay = f", decay {variant.weight_decay:g}" if variant.weight_decay else ""
    return f"{variant.step_rule}{schedule}{decay}"
