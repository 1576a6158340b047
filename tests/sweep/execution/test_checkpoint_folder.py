"""The folder of a sweep's checkpoints, while workers write into it."""

from sweep_builders import spec

from glorot_sweep.sweep.execution.checkpoint_folder import SUFFIX, CheckpointFolder


def test_a_file_that_a_worker_is_moving_is_passed_over(tmp_path):
    """Between listing and looking it has another name; a dangling link is as absent as that."""
    (tmp_path / f"moving{SUFFIX}").symlink_to(tmp_path / "elsewhere")
    folder = CheckpointFolder(tmp_path)
    folder.forget({spec().key})
    assert folder.groups([spec()]) == ([], [spec()])
