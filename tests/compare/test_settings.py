"""What differs between sweeps, key by key."""

from dataclasses import replace

import pytest
from compare_builders import MADE_WITH

from glorot_sweep.compare.cautions import cautions
from glorot_sweep.compare.settings import LONGEST, Setting, settings
from glorot_sweep.engine.choice import Resolved


def differing(found):
    return {(one.part, one.key): one.values for one in found if one.differs}


@pytest.mark.slow
def test_nothing_differs_between_a_sweep_and_a_second_run_of_it(compared):
    assert differing(compared("one", "again").settings) == {}


def test_a_long_value_that_differs_in_its_middle_differs():
    long = [", ".join(map(str, [*range(100), middle, *range(200, 300)])) for middle in (1, 2)]
    found = Setting("configuration", "search.rungs", tuple(long))
    assert found.differs
    assert max(map(len, found.shown)) <= LONGEST


@pytest.mark.slow
def test_what_differs_is_named_by_its_key_in_the_sweep_file(compared):
    found = compared("one", "wider")
    assert differing(found.settings) == {
        ("configuration", "variants"): ("tanh, tanh_n", "tanh"),
        ("configuration", "network.width"): ("16", "32"),
        ("configuration", "replicates.seeds"): ("3", "2"),
    }
    assert any(
        "differ in variants, network.width, replicates.seeds: a difference of errors may come from "
        "any of these" in sentence
        for sentence in found.cautions
    )


@pytest.mark.slow
def test_so_are_engine_and_data(side):
    first, second = side("one"), side("one", digests={"shapeset": "other"})
    native = {**first.collected.engines, "tanh": Resolved("native")}
    second = replace(second, collected=replace(second.collected, engines=native))
    found = differing(settings([first, second]))
    assert found["engine", "tanh"] == ("torch", "native")
    assert found["data", "digest of shapeset"][1] == "other"
    assert len(found) == 2


def test_so_are_code_libraries_and_machine(side):
    other = {
        "code": "0ther", "libraries": {"torch": "2.14.0", "numpy": "2.4"}, "device_type": "another",
    }  # fmt: skip
    assert differing(settings([side("one"), side("one", made_with=other)])) == {
        ("code", "code"): ("c0de", "0ther"),
        ("libraries", "torch"): ("2.13.0", "2.14.0"),
        ("libraries", "numpy"): ("–", "2.4"),
        ("machine", "processor"): ("a processor", "another"),
    }


def test_a_definition_of_a_variant_and_an_accepted_change_are_named(side):
    first = side("one")
    rows = {**first.identity["variants"]}
    rows["tanh"] = {**rows["tanh"], "cost": "quadratic"}
    second = side("one", variants=rows, accepted=["code: a -> b"])
    assert differing(settings([first, second])) == {
        ("variants", "tanh.cost"): ("log_likelihood", "quadratic"),
        ("history", "accepted changes"): ("none", "code: a -> b"),
    }


def test_what_a_row_is_stored_without_differs_from_what_another_has(side):
    rows = {**side("one").identity["variants"]}
    rows["tanh"] = {**rows["tanh"], "schedule": "cosine"}
    for sides, values in (
        ((side("one"), side("one", variants=rows)), ("constant", "cosine")),
        ((side("one", variants=rows), side("one")), ("cosine", "constant")),
    ):
        assert differing(settings(sides)) == {("variants", "tanh.schedule"): values}


def test_an_identity_of_an_earlier_version_says_less(side):
    earlier = replace(side("one"), identity={"config": side("one").identity["config"]})
    found = differing(settings([earlier, side("one", made_with=MADE_WITH)]))
    assert found["machine", "processor"] == ("–", "a processor")
    assert "of an earlier version" in found["code", "code"][0]


@pytest.mark.slow
def test_more_keys_than_a_sentence_takes_are_counted(compared):
    found = compared("one", "lower")
    many = tuple(
        type(one)("configuration", f"key{number}", ("1", "2"))
        for number, one in enumerate(found.settings[:9])
    )
    (said,) = [one for one in cautions(found.sides, found.table, many) if "key0" in one]
    assert "key5 and 3 more: " in said
