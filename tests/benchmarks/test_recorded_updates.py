"""What a CUDA graph records is the update of a pack, batch after batch."""

import pytest
import torch
from cuda_graph import GraphPacked, RecordedUpdates
from lightning_peers import Packed
from workload import BATCH, Pool, Size, pack_trials


@pytest.mark.parametrize("trials", [1, 3])
def test_recorded_updates_train_like_the_module(trials, one_torch_thread):
    pool = Pool(Size.parse("16-16x2-3"))
    specs = pack_trials(Size.parse("16-16x2-3"), trials, mixed=True)
    module = Packed("", pool, specs).module
    graph = GraphPacked("", pool, specs)
    recorded = RecordedUpdates(graph.network, specs, 3)
    with torch.no_grad():
        for start in range(0, 12, 3):
            part = slice(start * BATCH, (start + 3) * BATCH)
            recorded.put(graph.images[part], graph.targets[start : start + 3])
            recorded.run()
    part = slice(0, 12 * BATCH)
    module.stepper.update_chunk(pool.images[None, part], pool.labels[None, part])
    for ours, theirs in zip(graph.network.weights, module.stepper.network.weights, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)  # the same products, the same bits
