"""Rules of a sweep file that name more than one key, for the page that `make_keys.py` writes.

Each has a change of `sweeps/tiny.yaml` that breaks it, and words of the refusal: a test holds that
the rule is one.
"""

from typing import Any, NamedTuple

from glorot_sweep.config.limits import (
    MOST_EXAMPLES,
    MOST_RUNS,
    MOST_SEEDS,
    MOST_TRIALS,
    MOST_UPDATES,
)

RATE = {"low": 0.01, "high": 0.1}
NO_DEPTH = {"depth": None, "depth_trials": None, "table_depth": None}


class Rule(NamedTuple):
    """One rule.

    Attributes:
        text: as the page says it.
        refusal: words of the message.
        change: laid over the file, key by key; None takes a key away.
    """

    text: str
    refusal: str
    change: dict[str, Any]


RULES = (
    Rule(
        "`datasets` and `variants` name each known one once",
        "each data set may be named once",
        {"datasets": ["shapeset", "shapeset"]},
    ),
    Rule(
        "`comparisons` are pairs of variants of the sweep, none with itself, no two of them twice",
        "is not among variants",
        {"comparisons": [["tanh_n", "softsign"]]},
    ),
    Rule(
        "`base` is a variant of the sweep, and not the only one",
        "base is 'softsign', which is not among variants",
        {"base": "softsign"},
    ),
    Rule(
        "`significance.equivalence` needs a `significance.level` below 0.5",
        "two one-sided tests need a significance.level below 0.5",
        {"significance": {"level": 0.6, "equivalence": {"margin": 1.0}}},
    ),
    Rule(
        "every path that is a text in `image_folders` is relative and leads below the data folder: "
        "without `..`, `~` or control characters, links that lead out of it included",
        "must be the path of a folder or a tar below the data folder",
        {"image_folders": {"mine": "../a"}, "datasets": ["mine"]},
    ),
    Rule(
        "`crop` of a mapping in `image_folders` needs `resize`",
        "says how resize cuts; give resize too",
        {"image_folders": {"mine": {"crop": "none"}}, "datasets": ["mine"]},
    ),
    Rule(
        "`test_share` and `validation_share` of a mapping in `image_folders` are together at most "
        "0.95",
        "together may be at most 0.95",
        {
            "image_folders": {"mine": {"test_share": 0.9, "validation_share": 0.1}},
            "datasets": ["mine"],
        },
    ),
    Rule(
        "the updates of a search, of replicates and of monitored runs, and those of pre-training "
        f"of all layers, times `network.batch_size`, are at most {MOST_EXAMPLES}",
        "search.updates times network.batch_size must be at most",
        {"network": {"batch_size": 100}, "search": {"updates": MOST_UPDATES}},
    ),
    Rule(
        f"all trials, replicates (at two depths) and monitored runs are at most {MOST_RUNS}",
        "a sweep may have at most",
        {
            "variants": ["tanh", "tanh_n", "softsign", "softsign_n", "sigmoid"],
            "search": {"trials": MOST_TRIALS},
            "replicates": {"seeds": MOST_SEEDS},
            "datasets": ["shapeset", "shapeset_64"],
        },
    ),
    Rule(
        "every data set in `image_folders` is among `datasets`",
        "image_folders names 'mine'",
        {"image_folders": {"mine": "a"}},
    ),
    Rule(
        "`network` has `width` or `widths`, not both",
        "contradict each other",
        {"network": {"widths": [8, 8, 8]}},
    ),
    Rule(
        "with `network.widths`, `search.depth` has their number at both ends, no variant has "
        "widths of its own, and `monitored` has neither `width` nor `depths`",
        "so search.depth must be",
        {"network": {"width": None, "widths": [8, 8]}},
    ),
    Rule(
        "`network.matmul_precision` other than `highest` needs `execution.device: cuda`",
        "is for GPUs",
        {"network": {"matmul_precision": "high"}},
    ),
    Rule(
        "`network.engine: native` needs `execution.device` other than `cuda`",
        "network.engine native is for CPUs",
        {"network": {"engine": "native"}, "execution": {"device": "cuda"}},
    ),
    Rule(
        "`network.engine: native` needs `network.matmul_precision: highest`",
        "multiplies in float32 throughout",
        {
            "network": {"engine": "native", "matmul_precision": "high"},
            "execution": {"device": "cuda"},
        },
    ),
    Rule(
        "`search.table_depth` lies within `search.depth`",
        "must lie within the range of depth",
        {"search": {"table_depth": 4}},
    ),
    Rule(
        "`search.table_depth_share` leaves a trial at `table_depth` among those that are never "
        "pruned: the first generation, or all without a pruner",
        "leaves none of the 2 trials",
        {"search": {"table_depth_share": 0.2, "groups": None, "depth_trials": None}},
    ),
    Rule(
        "`search.table_depth_share` stands beside neither `search.groups` nor "
        "`search.depth_trials`",
        "contradict each other: with table_depth_share there is one search",
        {"search": {"table_depth_share": 0.5}},
    ),
    Rule(
        "`search.groups` is at most `replicates.seeds`",
        "a replicate trains the winner of each group again, got 4 groups and 3 seeds",
        {"search": {"groups": 4}},
    ),
    Rule(
        "`search.depth_trials` are 0 where `search.depth` is one depth",
        "depth_trials are there to search the depth, which is 3, got 2",
        {"search": {"depth_trials": 2, "depth": {"low": 3, "high": 3}}},
    ),
    Rule(
        "`search.learning_rates` names variants of the sweep",
        "unknown variant of search.learning_rates",
        {"search": {"learning_rates": {"softsign": RATE}}},
    ),
    Rule(
        "`search.rungs` rise strictly and lie before `search.updates`",
        "rungs must rise strictly",
        {"search": {"rungs": [100, 50]}},
    ),
    Rule(
        "`replicates.evaluations` rise strictly and lie before `replicates.updates`",
        "evaluations must lie in",
        {"replicates": {"evaluations": [300]}},
    ),
    Rule(
        "`replicates.depths` and `replicates.widths` are not given together, nor with "
        "`network.widths`, `replicates.until_decided` or `search.table_depth_share`",
        "are two factors, and a sweep has one",
        {"search": NO_DEPTH, "replicates": {"depths": [2, 3], "widths": [8, 16]}},
    ),
    Rule(
        "`replicates.depths` and `replicates.widths` are two numbers or more that rise strictly",
        "must be 2 to 20 numbers that rise strictly",
        {"search": NO_DEPTH, "replicates": {"depths": [3, 2]}},
    ),
    Rule(
        "with `replicates.depths` neither `search.depth` nor `search.depth_trials` is given",
        "leave search.depth out",
        {"search": {"depth": {"low": 1, "high": 3}}, "replicates": {"depths": [2, 3]}},
    ),
    Rule(
        "with `replicates.depths` the `search.table_depth`, with `replicates.widths` the "
        "`network.width`, is one of them; left out, it is the last",
        "choose one of them",
        {"network": {"width": 9}, "replicates": {"widths": [8, 16]}},
    ),
    Rule(
        "`replicates.until_decided` needs `comparisons` or a `base`, a group of the search for "
        "each seed, a test over seeds without `significance.equivalence`, `most` above "
        "`replicates.seeds`, and so many seeds at the last look that it could decide",
        "decides the comparisons of the file, and there is none",
        {
            "search": {"groups": None},
            "replicates": {"until_decided": {"most": 9, "step": 3}},
        },
    ),
    Rule(
        "`replicates.window` is at most a tenth of `search.updates` and of `replicates.updates`",
        "replicates.window must be at most 30",
        {"replicates": {"window": 31}},
    ),
    Rule(
        "`search.step_rules` names a step rule if a variant has it, and only then",
        "needs search.step_rules.hessian",
        {"variants": ["tanh", "tanh_n", "sigmoid", "tanh_hessian"]},
    ),
    Rule(
        "`search.pretraining` is given if a variant is pre-trained, and only then",
        "no variant of this sweep uses it",
        {"search": {"pretraining": {"updates": [10], "learning_rate": RATE}}},
    ),
    Rule(
        "`search.pretraining.updates` names each number once",
        "updates may name each number once",
        {
            "variants": ["tanh_pretrained"],
            "search": {"pretraining": {"updates": [10, 10], "learning_rate": RATE}},
        },
    ),
    Rule(
        "variants whose widths change from layer to layer need a `search.table_depth` of 2 or more",
        "search.table_depth must be 2 or more",
        {"variants": ["tanh_growing"], "search": {"table_depth": 1}},
    ),
    Rule(
        "`search.pruner.percentile` differs from 50 with `kind: percentile` alone",
        "the median is the 50th percentile",
        {"search": {"pruner": {"percentile": 40.0}}},
    ),
    Rule(
        "`monitored` needs `statistics` other than `none`",
        "but statistics is none",
        {"statistics": "none"},
    ),
    Rule(
        "`monitored.depths` names variants of the sweep, and `monitored` each depth and learning "
        "rate once",
        "unknown variant of monitored.depths",
        {"monitored": {"depths": {"softsign": [2]}}},
    ),
    Rule(
        "`statistics.updates` rise strictly",
        "updates must rise strictly",
        {"statistics": {"updates": [200, 100]}},
    ),
)
