"""Subtrees of the tiny WordNet, and the classes asked for."""

from pathlib import Path

import pytest

from glorot_sweep.data.small_imagenet.classes import ROOTS, checked_classes, classes_of_synsets
from glorot_sweep.data.small_imagenet.wordnet import Nouns, read_nouns
from glorot_sweep.errors import UserError
from small_imagenet.imagenet_copies import AMBIGUOUS, ELSEWHERE, below, write_wordnet


@pytest.fixture
def nouns(tmp_path: Path) -> Nouns:
    return read_nouns(write_wordnet(tmp_path))


def test_a_class_is_its_root_and_all_below(nouns: Nouns) -> None:
    found = classes_of_synsets(nouns)
    for name, roots in ROOTS.items():
        for root in roots:
            family = [root, *(below(root, number) for number in (1, 2, 3))]
            assert {found[wnid] for wnid in family} == {(name,)}
    assert ELSEWHERE not in found
    assert len(found) == 11 * 4 + 1  # eleven roots, for fruit has two


def test_a_synset_under_two_classes_has_both(nouns: Nouns) -> None:
    assert classes_of_synsets(nouns)[AMBIGUOUS] == ("furniture", "tool")


def test_a_synset_reached_by_two_ways_counts_once() -> None:
    """Below both roots of fruit it is still in one class; a circle does not trap the search."""
    hypernyms: dict[int, tuple[int, ...]] = {
        int(root[1:]): () for some in ROOTS.values() for root in some
    }
    hypernyms[13134947] = (5,)
    circle = {5: (13134947, 7705931), 6: (5,)}
    found = classes_of_synsets(Nouns({**hypernyms, **circle}, sha256=""))
    assert found["n00000005"] == found["n00000006"] == ("fruit",)


def test_a_missing_root_is_named(nouns: Nouns) -> None:
    del nouns.hypernyms[13134947]
    with pytest.raises(UserError, match=r"lack n13134947, the root of the class 'fruit'"):
        classes_of_synsets(nouns)


def test_classes_come_in_the_order_of_the_ten() -> None:
    assert checked_classes(["tool", "reptile"]) == ("reptile", "tool")
    assert checked_classes(None) == tuple(ROOTS)
    assert len(ROOTS) == 10


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ([], "at least 2 classes, got 0"),
        (["bird"], "at least 2 classes, got 1"),
        (["bird", "bird"], "named twice"),
        (["bird", "instrument"], "unknown class 'instrument'; did you mean 'musical instrument'"),
    ],
)
def test_what_cannot_be_asked_for(named: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        checked_classes(named)
