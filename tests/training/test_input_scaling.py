"""Grey levels become inputs alike in training, evaluation, probing and the exported model."""

import numpy as np
import pytest
import torch
from builders import a_pack, a_trial, toy_dataset
from oracles import reference_of
from torch.nn import functional

from glorot_sweep.engine.inputs import scale_pixels
from glorot_sweep.engine.single import SingleNetwork
from glorot_sweep.specs import StatisticsSpec
from glorot_sweep.sweep.records.registering import SCALINGS
from glorot_sweep.training.fit import fit_pack

pytestmark = pytest.mark.usefixtures("one_torch_thread")
DATASET = toy_dataset()


@pytest.mark.parametrize("scaling", ["unit", "symmetric"])
def test_a_trained_network_is_that_of_autograd_on_scaled_inputs(scaling):
    def inputs(images):
        values = images.double().numpy() / 255
        return torch.tensor(values if scaling == "unit" else 2 * values - 1)

    trial = a_trial(updates=5, input_scaling=scaling, statistics=StatisticsSpec((5,)))
    network = reference_of(trial, DATASET, torch.float64)
    optimizer = torch.optim.SGD(network.parameters(), lr=trial.learning_rate)
    for update in range(5):
        part = DATASET.training(trial.data_seed, 10 * update, 10)
        optimizer.zero_grad()
        functional.cross_entropy(network(inputs(part.images)), part.labels).backward()
        optimizer.step()
    result = fit_pack(a_pack(trial, precision="float64"), DATASET).trials[0]
    with torch.no_grad():
        logits = network(inputs(DATASET.validation.images))
        layer = network.function(network.linears[0](inputs(DATASET.probe.images)))
        probabilities = network(inputs(DATASET.test.images)).softmax(1)
    loss = functional.cross_entropy(logits, DATASET.validation.labels)
    # float64 over five updates: rounding only
    assert result.curve[-1].validation_loss == pytest.approx(float(loss), abs=1e-10)
    row = next(r for r in result.statistics if (r.quantity, r.layer) == ("activation", 1))
    assert row.mean == pytest.approx(float(layer.mean()), abs=1e-10)
    exported = SingleNetwork("tanh", result.weights, *SCALINGS[scaling])
    found = exported(DATASET.test.images.float()).detach().numpy()
    assert np.allclose(found, probabilities.numpy(), atol=1e-5)  # weights are kept in float32


def test_a_pack_shares_one_scaling():
    with pytest.raises(ValueError, match="must share"):
        a_pack(a_trial(), a_trial("two", input_scaling="symmetric"))


def test_scaled_ends():
    ends = torch.tensor([0, 255], dtype=torch.uint8)
    assert scale_pixels(ends, torch.float32).tolist() == [0, 1]
    assert scale_pixels(ends, torch.float32, "symmetric").tolist() == [-1, 1]
