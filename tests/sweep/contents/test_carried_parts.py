"""Parts that no other process would know are refused where workers are others."""

import pytest
from sweep_builders import config

from glorot_sweep.errors import UserError
from glorot_sweep.parts.activations import ACTIVATIONS, Activation
from glorot_sweep.parts.registry import registered_by
from glorot_sweep.sweep.contents.carried_parts import refuse_parts_of_this_process

OWN = {"mine": {"activation": "mine", "initialization": "he"}}


@pytest.mark.usefixtures("unregistered")
def test_a_part_of_this_process_alone_is_refused_and_that_of_a_plugin_is_not():
    refuse_parts_of_this_process(config())
    ACTIVATIONS.add(Activation("mine", "math:tanh"))
    settings = config({"variants": ["mine"], "own_variants": OWN})
    with pytest.raises(UserError, match="the activation 'mine' of the variant 'mine' was register"):
        refuse_parts_of_this_process(settings)
    ACTIVATIONS.remove("mine")
    with registered_by("own.py"):
        ACTIVATIONS.add(Activation("mine", "math:tanh"))
    refuse_parts_of_this_process(settings)
