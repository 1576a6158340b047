"""What a trial is reckoned to take, against what a pack allocates."""

import pytest
from builders import a_pack, a_trial, ruled

from glorot_sweep.engine.torch.answering import BATCH
from glorot_sweep.engine.torch.memory import trial_bytes
from glorot_sweep.engine.torch.passes import PackedPass
from glorot_sweep.engine.torch.stepper import TorchStepper

N_INPUTS, N_CLASSES, N_TRACED = 1024, 9, 300


@pytest.mark.parametrize("width", [16, 100])
def test_the_reckoning_holds_what_a_pack_allocates(width: int) -> None:
    """The weights and the buffers of an update, of a trace and of an evaluation."""
    pack = a_pack(*(a_trial(key, depth=3, width=width) for key in "ab"))
    network = TorchStepper(pack, N_INPUTS, N_CLASSES).network
    kept = [*network.weights, *network.biases]
    for passes in (PackedPass(network, 10), PackedPass(network, N_TRACED)):
        kept += [*passes.pre_activations, *passes.activations, *passes.deltas, *passes._memos]
    inference = PackedPass(network, BATCH, inference=True)
    kept += [*inference.pre_activations, *inference.activations[:2]]
    allocated = sum(
        {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}.values()
    )
    reckoned = sum(trial_bytes(t, N_INPUTS, N_CLASSES, N_TRACED) for t in pack.trials)
    assert 0.9 * allocated <= reckoned <= 3 * allocated


@pytest.mark.parametrize(
    ("rule", "copies"),
    [("hessian", 2), ("gradient_variance", 2), ("momentum", 1), ("nesterov", 1), ("adam", 2)],
)
def test_what_a_step_rule_keeps_is_counted(rule: str, copies: int) -> None:
    plain, other = a_trial(variant="tanh"), a_trial(variant=ruled("tanh", rule))
    more = trial_bytes(other, 23, 9, 300) - trial_bytes(plain, 23, 9, 300)
    weights = TorchStepper.n_weights(plain, 23, 9)
    assert weights == 23 * 32 + 32 * 32 + 32 * 16 + 32 + 32 + 16  # rows are padded to 16
    assert more == 4 * copies * weights
