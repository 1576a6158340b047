"""Before anything is timed: both engines do a float64 loop's work, and other work is refused."""

import pytest
from agreement import check_agreement
from cases import Case
from lightning_peers import Packed
from workload import Pool, Size

from glorot_sweep.engine.engines import STEPPERS

pytestmark = [
    pytest.mark.usefixtures("one_torch_thread"),
    pytest.mark.filterwarnings(
        "ignore:.*:UserWarning"
    ),  # Lightning's advice to other kinds of module
]
CASE = Case(Size.parse("16-16x2-3"), 3, "mixed")


def engine(name: str, pool: Pool) -> Packed:
    return Packed(name, pool, CASE.specs(), name)


@pytest.mark.slow
def test_both_engines_agree_with_a_float64_loop():
    pool = Pool(CASE.size)
    engines = [engine(name, pool) for name in STEPPERS]
    found = check_agreement(engines, pool, CASE.specs(), engines[0].networks())
    assert set(found) == {"native", "torch"}
    assert all(0 < distance < 1 for distance in found.values())


def test_other_work_ends_the_benchmark():
    pool = Pool(CASE.size)
    native = engine("native", pool)
    starts = native.networks()
    native.train_each(1)  # one update ahead of the others
    with pytest.raises(SystemExit, match=r"other weights than a float64 loop.*'native'"):
        check_agreement([native], pool, CASE.specs(), starts)
