"""A pack's products have the precision that its trials ask for, and nobody else's change."""

import pytest
import torch
from builders import a_pack, a_trial, toy_dataset

from glorot_sweep.training.fit import fit_pack
from glorot_sweep.training.matmul import matmul_precision

pytestmark = pytest.mark.usefixtures("one_torch_thread")


@pytest.mark.parametrize("wanted", ["highest", "high", "medium"])
@pytest.mark.parametrize("outside", ["highest", "medium"])
def test_a_pack_is_trained_with_its_own_precision(wanted, outside):
    seen = []

    def report(_update, _looks):
        seen.append(torch.get_float32_matmul_precision())
        return ()

    with matmul_precision(outside):
        fit_pack(a_pack(a_trial(updates=2, matmul_precision=wanted)), toy_dataset(), report)
        assert torch.get_float32_matmul_precision() == outside
    assert seen == [wanted]


def test_an_error_changes_it_for_nobody():
    before = torch.get_float32_matmul_precision()
    with pytest.raises(KeyError), matmul_precision("medium"):
        raise KeyError
    assert torch.get_float32_matmul_precision() == before


def test_a_pack_shares_one_precision():
    with pytest.raises(ValueError, match="must share"):
        a_pack(a_trial(), a_trial("two", matmul_precision="high"))
