"""What a sweep's run says of its growths, however often it has grown."""

import pytest
from run_builders import record

from glorot_sweep.tracking.schema.growths import GROWTH as SPELLING
from glorot_sweep.tracking.schema.growths import StoredGrowth
from tracking.schema_examples import GROWTH


def test_growths_come_in_their_order_even_after_the_ninth():
    made = {str(n): StoredGrowth(n, f"{n - 1}", f"{n}", GROWTH.seen, ()) for n in range(1, 12)}
    sweep = record(growths=dict(sorted(made.items())))
    assert [growth.at for growth in sweep.grown] == list(range(1, 12))
    assert sweep.earlier_hashes == {str(n) for n in range(11)}


def test_a_growth_is_written_and_read_back():
    assert SPELLING.read(SPELLING.write(GROWTH)) == GROWTH
    assert GROWTH.time == "2023-11-14 22:13 UTC"


@pytest.mark.parametrize(
    "text",
    [
        "", "1", "[]", "{}", "[" * 10_000, SPELLING.write(GROWTH).replace("reported", "perhaps"),
        SPELLING.write(GROWTH).replace("1700000000001", "-1"),
        SPELLING.write(GROWTH).replace("1700000000001", "1e400"),
        SPELLING.write(GROWTH).replace("1700000000001", "9e18"),
    ],
)  # fmt: skip
def test_what_is_no_growth_is_told_in_one_way(text):
    with pytest.raises(ValueError):  # noqa: PT011 - `read_fields` says the rest
        SPELLING.read(text)
