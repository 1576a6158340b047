"""What workers in other processes can have: parts of the package, and those of plugins."""

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.parts.registry import THIS_PROCESS
from glorot_sweep.parts.variants import PART_KINDS


def refuse_parts_of_this_process(config: SweepConfig) -> None:
    """Refuse parts that were registered by no plugin: no other process would know them.

    Raises:
        UserError: names the first.
    """
    for row in config.rows.values():
        for attribute, registry in PART_KINDS.items():
            name = getattr(row, attribute)
            if registry.registrant(name) == THIS_PROCESS:
                raise UserError(
                    f"the {registry.kind} {name!r} of the variant {row.name!r} was registered in "
                    "this process alone, and workers are others. Put it into a file of its own and "
                    "name that in `plugins`."
                )
