"""The arithmetic term of the floor, and the weights that its other term streams over."""

import fma_peak
import pytest
from cases import Case
from fma_peak import ROUNDS, peak_work
from workload import Size

from glorot_sweep.engine.native import NativeUnavailable
from glorot_sweep.engine.native.forms import forms_here

LANES = {"avx512": 16, "avx2": 8, "neon": 4, "scalar": 1}


@pytest.mark.slow
def test_operations_are_those_of_full_vectors_in_every_thread():
    work, alone = peak_work(1)
    assert alone == work()
    assert peak_work(3)[1] == 3 * alone
    chains = alone / (2 * LANES[forms_here()[0]] * ROUNDS)
    assert chains == int(chains)
    assert chains >= 8  # two units, four steps each


def test_without_a_compiler_there_is_no_peak(monkeypatch):
    monkeypatch.setattr(fma_peak, "find_compiler", lambda: None)
    fma_peak._library.cache_clear()
    with pytest.raises(NativeUnavailable, match="no C compiler"):
        peak_work(1)


def test_weights_at_hand_are_those_of_a_network_for_each_thread():
    case = Case(Size.parse("16-16x2-3"), 3)
    one = 4 * (16 * 16 + 16 * 16 + 16 * 3)
    at_hand = [case.floor_footprint(threads, "cpu") for threads in (1, 2, 8)]
    assert at_hand == [one, 2 * one, 3 * one]
    assert case.floor_footprint(1, "cuda") == case.footprint()
