"""The rules of a sweep file that need no file."""

import pytest
from pydantic import ValidationError
from sweep_builders import config

RULE = {"learning_rate": {"low": 0.001, "high": 0.01}, "damping": {"low": 0.01, "high": 1.0}}
ZERO, NEGATIVE = {"low": 0, "high": 1.0}, {"low": -1.0, "high": 1.0}
PRETRAINING = {"updates": [10], "learning_rate": {"low": 0.01, "high": 0.1}}


def pretrained(changes):
    """A sweep of a pre-trained variant, with other settings of its pre-training."""
    return {"variants": ["tanh_pretrained"], "search.pretraining": {**PRETRAINING, **changes}}


REFUSED = {
    "empty list of data sets": ({"datasets": []}, "at least 1 item"),
    "empty list of variants": ({"variants": []}, "at least 1 item"),
    "unknown data set": ({"datasets": ["mnits"]}, "unknown data set 'mnits'; did you mean 'mnist'"),
    "unknown variant": ({"variants": ["tahn"]}, "unknown variant 'tahn'; did you mean 'tanh'"),
    "variant twice": ({"variants": ["tanh", "tanh"]}, "each variant may be named once"),
    "data set twice": ({"datasets": ["mnist", "mnist"]}, "each data set may be named once"),
    "name with a space": ({"name": "my sweep"}, "match pattern"),
    "empty name": ({"name": ""}, "match pattern"),
    "pack size zero": ({"execution.pack_size": 0}, "or a whole number from 1 to 10000, got 0"),
    "pack size in words": ({"execution.pack_size": "many"}, "must be auto, or a whole number"),
    "products rounded on no GPU": (
        {"network.matmul_precision": "medium"},
        "medium is for GPUs, so execution.device must be cuda, got auto",
    ),
    "unknown precision": ({"network.matmul_precision": "low"}, "'highest', 'high' or 'medium'"),
    "inverted rates": ({"search.learning_rate": {"low": 0.5, "high": 0.1}}, "must not exceed high"),
    "rate zero": ({"search.learning_rate.low": 0.0}, "greater than or equal to 0.000000000001"),
    "a rate that no float32 can use": (
        {"search.learning_rate.low": 5e-324},
        "greater than or equal to 0.000000000001",
    ),
    "rate infinite": ({"search.learning_rate.high": float("inf")}, "finite"),
    "inverted depths": ({"search.depth": {"low": 3, "high": 2}}, "must not exceed high"),
    "depth 0": ({"search.depth.low": 0}, "greater than or equal to 1"),
    "no trials": ({"search.trials": 0}, "greater than or equal to 1"),
    "width 0": ({"network.width": 0}, "greater than or equal to 1"),
    "bool for int": ({"search.trials": True}, "valid integer"),
    "float for int": ({"search.updates": 30.0}, "valid integer"),
    "text for float": ({"search.learning_rate.low": "1e-3"}, "valid number"),
    "rung at the end": ({"search.rungs": [10, 30]}, r"rungs must lie in 1\.\.29"),
    "rung 0": ({"search.rungs": [0, 10]}, r"rungs must lie in 1\.\.29"),
    "equal rungs": ({"search.rungs": [10, 10]}, "rungs must rise strictly"),
    "falling rungs": ({"search.rungs": [20, 10]}, "rungs must rise strictly"),
    "evaluation too late": ({"replicates.evaluations": [40]}, r"evaluations must lie in 1\.\.39"),
    "falling evaluations": ({"replicates.evaluations": [20, 10]}, "must rise strictly"),
    "table depth too deep": ({"search.table_depth": 4}, r"within the range of depth \[1, 3\]"),
    "share above 1": ({"search.table_depth_share": 1.5}, "less than or equal to 1"),
    "share 0": ({"search.table_depth_share": 0.0}, "greater than 0"),
    "share leaves none": (
        {"search.table_depth_share": 0.1, "search.pruner.kind": "none"},
        "leaves none of the 6 trials",
    ),
    "all at table depth may be pruned": (
        {"search.table_depth_share": 0.34},
        "none of the 2 trials of the first generation",
    ),
    "one seed": ({"replicates.seeds": 1}, "greater than or equal to 2"),
    "level 1": ({"significance.level": 1.0}, "less than 1"),
    "unknown test": ({"significance.test": "wilcoxon"}, "'paired' or 'two_proportions'"),
    "no margin of equivalence": ({"significance.equivalence": {"margin": 0.0}}, "greater than 0"),
    "equivalence without a margin": ({"significance.equivalence": {}}, "Field required"),
    "equivalence at a level of one half": (
        {"significance": {"level": 0.5, "equivalence": {"margin": 1.0}}},
        "two one-sided tests need a significance.level below 0.5, got 0.5",
    ),
    "comparison with a variant that the sweep lacks": (
        {"comparisons": [["tanh_n", "sigmoid"]]},
        r"comparisons has \[tanh_n, sigmoid\], but 'sigmoid' is not among variants. Known: tanh",
    ),
    "comparison with a slip": (
        {"comparisons": [["tanh_n", "tahn"]]},
        "'tahn' is not among variants; did you mean 'tanh'",
    ),
    "comparison with itself": (
        {"comparisons": [["tanh", "tanh"]]},
        r"\[tanh, tanh\]: a variant cannot differ from itself",
    ),
    "comparison twice": (
        {"comparisons": [["tanh_n", "tanh"], ["tanh_n", "tanh"]]},
        r"\[tanh_n, tanh\], and these two already",
    ),
    "comparison twice, turned round": (
        {"comparisons": [["tanh_n", "tanh"], ["tanh", "tanh_n"]]},
        r"\[tanh, tanh_n\], and these two already",
    ),
    "comparison of one": ({"comparisons": [["tanh"]]}, r"names two variants, .* got \['tanh'\]"),
    "comparison of three": (
        {"comparisons": [["tanh", "tanh_n", "tanh"]]},
        "names two variants",
    ),
    "comparison that is a name": ({"comparisons": ["tanh"]}, "names two variants, .* got 'tanh'"),
    "comparisons that are a name": ({"comparisons": "tanh"}, "valid tuple"),
    "comparison of numbers": ({"comparisons": [[1, 2]]}, "valid string"),
    "too many comparisons": ({"comparisons": [["tanh_n", "tanh"]] * 201}, "at most 200 items"),
    "unknown sampler": ({"search.sampler": "cmaes"}, "'random', 'grid' or 'tpe'"),
    "unknown pruner": ({"search.pruner.kind": "hyperband"}, "'none', 'median' or 'percentile'"),
    "median at 25": ({"search.pruner.percentile": 25.0}, "the median is the 50th percentile"),
    "unknown key": ({"network.widht": 3}, "Extra inputs"),
    "unknown cost of statistics": ({"statistics": "much"}, "'none', 'economy' or 'full'"),
    "statistics at update 0": ({"statistics.updates": [0, 10]}, "greater than or equal to 1"),
    "falling looks": ({"statistics.updates": [20, 10]}, "updates must rise strictly"),
    "bound of saturation 1": ({"statistics.saturation_bound": 1.0}, "less than 1"),
    "monitored without updates": ({"monitored": {}}, "Field required"),
    "monitored without a rate": (
        {"monitored": {"updates": 30, "learning_rates": []}},
        "at least 1 item",
    ),
    "monitored rate twice": (
        {"monitored": {"updates": 30, "learning_rates": [0.1, 0.1]}},
        "learning_rates may name each value once",
    ),
    "monitored depth twice": (
        {"monitored": {"updates": 30, "depths": {"tanh": [2, 2]}}},
        "depths.tanh may name each value once",
    ),
    "monitored variant that the sweep lacks": (
        {"monitored": {"updates": 30, "depths": {"sigmoid": [2]}}},
        "unknown variant of monitored.depths 'sigmoid'. Known: tanh, tanh_n",
    ),
    "monitored runs without statistics": (
        {"monitored": {"updates": 30}, "statistics": "none"},
        "there to be looked into, but statistics is none",
    ),
    "unknown input scaling": ({"network.input_scaling": "standard"}, "'unit' or 'symmetric'"),
    "image folder of no data set": (
        {"image_folders": {"mine": "x.tar"}},
        "image_folders names 'mine', which is not among datasets",
    ),
    "image folder with a bad name": ({"image_folders": {"My set": "x.tar"}}, "match pattern"),
    **{
        f"image folder {path!r}": (
            {"image_folders": {"mine": path}, "datasets": ["mine"]},
            "must be the path of a folder or a tar below the data folder",
        )
        for path in ("", ".", "./", "..", "a/../../b", "/etc", "~/data", "a\0b", "a\nb")
    },
    "no size of a reduced set": ({"datasets": ["small_imagenet-6"]}, "unknown data set"),
    "no number of images": ({"datasets": ["shapeset_finite_0"]}, "unknown data set"),
    "too many images": ({"datasets": ["shapeset_finite_1000000"]}, "unknown data set"),
    "width and widths": ({"network.widths": [16, 16]}, "contradict each other"),
    "widths of another depth": (
        {"network": {"widths": [8, 16]}},
        r"widths gives 2 layers, so search.depth must be low: 2, high: 2, got \[1, 3\]",
    ),
    "widths, and a variant with widths of its own": (
        {
            "network": {"widths": [8, 16]},
            "search.depth": {"low": 2, "high": 2},
            "variants": ["tanh", "tanh_growing"],
        },
        "the variant 'tanh_growing' has widths of its own",
    ),
    "widths and another width of monitored runs": (
        {
            "network": {"widths": [8, 16]},
            "search.depth": {"low": 2, "high": 2},
            "monitored": {"updates": 30, "width": 20},
        },
        "leave monitored.width and monitored.depths out",
    ),
    "a layer without units": ({"network": {"widths": [8, 0]}}, "greater than or equal to 1"),
    "unknown further variant": (
        {"variants": ["tanh", "tanh_growin"]},
        "unknown variant 'tanh_growin'; did you mean 'tanh_growing'",
    ),
    "one layer whose width shall change": (
        {"variants": ["tanh_growing"], "search.table_depth": 1},
        "widths that change from layer to layer, so search.table_depth must be 2 or more, got 1",
    ),
    "damping 0": (
        {"variants": ["tanh_hessian"], "search.step_rules": {"hessian": {**RULE, "damping": ZERO}}},
        "damping must be positive, since it is added to estimates that may be 0; got low: 0",
    ),
    "negative damping": (
        {
            "variants": ["tanh_gradient_variance"],
            "search.step_rules": {"gradient_variance": {**RULE, "damping": NEGATIVE}},
        },
        "damping must be positive, since it is added to estimates that may be 0; got low: -1.0",
    ),
    "no damping": (
        {"variants": ["tanh_n_hessian"]},
        "the variant 'tanh_n_hessian' needs search.step_rules.hessian",
    ),
    "damping of the other rule": (
        {"variants": ["tanh_n_hessian"], "search.step_rules": {"gradient_variance": RULE}},
        "the variant 'tanh_n_hessian' needs search.step_rules.hessian",
    ),
    "step rule that no variant has": (
        {"search.step_rules": {"hessian": RULE}},
        "search.step_rules.hessian is given, but no variant of this sweep uses it: tanh, tanh_n",
    ),
    "unknown step rule": ({"search.step_rules": {"newton": RULE}}, "unknown step rule .newton."),
    "a pre-trained variant without pre-training": (
        {"variants": ["tanh", "tanh_pretrained"]},
        "the variant 'tanh_pretrained' needs search.pretraining",
    ),
    "pre-training without a pre-trained variant": (
        {"search.pretraining": PRETRAINING},
        "search.pretraining is given, but no variant of this sweep uses it: tanh, tanh_n",
    ),
    "pre-training without updates": (
        pretrained({"updates": []}),
        "at least 1 item",
    ),
    "pre-training of 0 updates": (pretrained({"updates": [0]}), "greater than or equal to 1"),
    "updates of pre-training twice": (
        pretrained({"updates": [10, 10]}),
        "updates may name each number once",
    ),
    "a rate of pre-training of 0": (
        pretrained({"learning_rate": {"low": 0.0, "high": 0.1}}),
        "greater than or equal to 0.000000000001",
    ),
    "noise that hides everything": (
        pretrained({"noise": {"low": 0.0, "high": 1.0}}),
        "less than 1",
    ),
    "inverted noise": (pretrained({"noise": {"low": 0.5, "high": 0.1}}), "must not exceed high"),
    "an unknown key of pre-training": (pretrained({"depth": 3}), "Extra inputs"),
    "no depth of a monitored variant": (
        {"monitored": {"updates": 100, "depths": {"tanh": []}}},
        "monitored.depths.tanh\n.*at least 1 item",
    ),
    "a monitored layer that is to grow alone": (
        {
            "variants": ["tanh_growing"],
            "monitored": {"updates": 100, "depths": {"tanh_growing": [1]}},
        },
        r"each of monitored.depths.tanh_growing must be 2 or more, got \[1\]",
    ),
    "a deep monitored network with more pre-training than a stream has": (
        {
            **pretrained({"updates": [10_000_000]}),
            "monitored": {"updates": 100, "depths": {"tanh_pretrained": [100]}},
        },
        "of all layers times network.batch_size must be at most",
    ),
    "a reduced ImageNet of no image": (
        {"datasets": ["small_imagenet-0x0"]},
        "unknown data set 'small_imagenet-0x0'",
    ),
    "negative threads": ({"execution.threads": -1}, "greater than or equal to 0"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        config(changes)
