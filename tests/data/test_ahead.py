"""What is made ahead: its order, its errors, its end, and the threads it leaves alone."""

import threading

import pytest
import torch
from builders import torch_threads

from glorot_sweep.data.ahead import made_ahead


def test_the_next_one_is_made_while_one_is_in_use() -> None:
    made = [threading.Event() for _ in range(3)]
    things = made_ahead([event.set for event in made])
    next(things)
    assert made[1].wait(10), "nothing has asked for it yet"
    assert not made[2].is_set()
    assert len(list(things)) == 2


def test_an_error_comes_in_its_turn() -> None:
    things = made_ahead([lambda: 1.0, lambda: 1 / 0, lambda: 3.0])
    assert next(things) == 1
    with pytest.raises(ZeroDivisionError):
        next(things)


def test_nothing_goes_on_after_the_end() -> None:
    before = threading.active_count()
    things = made_ahead([lambda: 1] * 100)
    next(things)
    things.close()
    assert threading.active_count() == before


def test_torch_keeps_its_threads_elsewhere() -> None:
    with torch_threads(2):
        things = made_ahead([torch.get_num_threads] * 2)
        assert next(things) == 1
        assert torch.get_num_threads() == 2
        things.close()
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
        thread.start()
        thread.join()
    assert found == [2]
