"""A run that was created twice because the first reply did not arrive."""

import pytest

from faults.wholeness import assert_whole

pytestmark = pytest.mark.faults


def test_the_surplus_run_is_gone_in_the_end(sweep, undisturbed):
    sweep.finish("reply:tanh/shapeset/seed1")
    assert_whole(sweep, undisturbed)


def test_it_is_gone_too_if_the_driver_was_killed_meanwhile(sweep, undisturbed):
    process = sweep.start("reply:tanh/shapeset/t001", "slow:1", sweep.counts)
    sweep.wait_for_checkpoint(process)
    process.kill()
    process.communicate()
    sweep.finish()
    assert_whole(sweep, undisturbed)
