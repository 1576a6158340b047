"""What studies are called in Optuna's storage."""

from glorot_sweep.config.factors import value_names
from glorot_sweep.sweep.contents.groups import group_names
from glorot_sweep.sweep.contents.parts import Part


def study_name(sweep: str, scope: str, part: Part) -> str:
    """Return the name of a study in the storage; for `scope` see `study.Study`.

    Example:
        >>> from glorot_sweep.config.factors import Value
        >>> study_name("mine", "0a1b", Part("shapeset", "tanh", 2))
        'mine/0a1b/shapeset/tanh/g2'
        >>> study_name("mine", "0a1b", Part("shapeset", "tanh", 2, Value("depth", 3)))
        'mine/0a1b/shapeset/tanh/d3/g2'
    """
    dataset, variant, group, value = part
    return "/".join((sweep, scope, dataset, variant, *value_names(value), *group_names(group)))
