"""What cannot take part is left out by name, and a wrong name says which there are."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cases
import contenders
import pytest
from cases import CASES, Case, chosen_cases
from compiled_peer import Compiled
from contenders import BARE_SIDE_BY_SIDE, JAX_PYTHONS, TORCH_SIDE_BY_SIDE, open_lineup
from lightning_peers import Lightning, Packed
from peers import Vmap
from process_peers import why_no_jax
from workload import Pool, Size

SCRIPTS = Path(__file__).parents[2] / "benchmarks"
TINY = Size.parse("16-16x2-3")


SIDE_BY_SIDE = {TORCH_SIDE_BY_SIDE, BARE_SIDE_BY_SIDE}
JAX = "JAX somewhere"


def field_of(case: Case, folder: Path):
    pool = Pool(case.size)
    starts = Packed("", pool, case.specs()).networks()
    return open_lineup(case, pool, starts, folder, {JAX: folder / "no-python"})


@pytest.mark.slow
def test_both_engines_take_part_and_native_is_compared(tmp_path):
    field = field_of(Case(TINY, 2), tmp_path)
    assert [engine.name for engine in field.engines] == ["native", "torch"]
    assert [engine.module.stepper.__class__.__name__ for engine in field.engines] == [
        "NativeStepper",
        "TorchStepper",
    ]


@pytest.mark.slow
def test_a_lone_native_network_is_measured_on_one_thread(tmp_path):
    native, torch_pack = field_of(Case(TINY, 1), tmp_path).engines
    assert native.threads_tried == (1,)
    assert torch_pack.threads_tried == Packed.threads_tried


def test_both_jaxes_have_an_environment_of_their_own():
    requirements = (SCRIPTS.parent / "Makefile").read_text(encoding="utf-8")
    for python in JAX_PYTHONS.values():
        folder = python.relative_to(SCRIPTS.parent).parts[:2]
        assert f"{'/'.join(folder)}/.ready: benchmarks/requirements" in requirements


def test_a_missing_jax_is_named_and_says_how_to_get_it(tmp_path):
    assert "make jax-env" in why_no_jax(tmp_path / "python")
    assert "No module named 'jax'" in why_no_jax(Path(sys.executable))


def test_peers_that_stack_equal_networks_leave_a_ragged_case_by_name(tmp_path):
    field = field_of(Case(TINY, 4, "mixed"), tmp_path)
    unlike = {Vmap.name, JAX, Lightning.name, Compiled.name}
    assert unlike <= set(field.left_out)
    assert not unlike & {peer.name for peer in field.peers}


def test_one_trial_has_nothing_to_put_beside_it(tmp_path):
    field = field_of(Case(TINY, 1), tmp_path)
    assert set(field.left_out) == {*SIDE_BY_SIDE, JAX}


def test_processes_share_the_trials_out(tmp_path):
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core: there is nothing side by side")
    peers = {peer.name: peer for peer in field_of(Case(TINY, 5), tmp_path).peers}
    shares = peers[TORCH_SIDE_BY_SIDE].trials_of
    assert sorted(trial for share in shares for trial in share) == [0, 1, 2, 3, 4]
    assert all(len(share) == 1 for share in peers[BARE_SIDE_BY_SIDE].trials_of)


def test_a_case_beyond_memory_names_what_it_needs(monkeypatch):
    case = next(iter(CASES.values()))
    monkeypatch.setattr(cases, "free_bytes", lambda _: case.needed_bytes() - 1)
    assert "GiB of memory" in case.why_left_out("cpu")
    monkeypatch.setattr(cases, "free_bytes", lambda _: case.needed_bytes())
    assert case.why_left_out("cpu") is None


def test_more_trials_need_more_memory():
    two = Case(TINY, 2)
    assert replace(two, trials=4).footprint() == 2 * two.footprint()
    assert Case(TINY, 4, "mixed").footprint() < 2 * two.footprint()


def test_a_part_of_a_name_chooses_cases_and_an_unknown_one_lists_them():
    assert [case.name for case in chosen_cases(["mixed"], every=False)] == ["1024-100x5-9*20:mixed"]
    assert [case.name for case in chosen_cases(["1024-100x5-9*20"], every=False)] == [
        "1024-100x5-9*20"
    ]
    assert chosen_cases(None, every=True) == list(CASES.values())
    assert 0 < len(chosen_cases(None, every=False)) < len(CASES)
    with pytest.raises(ValueError, match="there are: 1024-100x5-9"):
        chosen_cases(["1024-99"], every=False)


@pytest.mark.parametrize("size", ["1024-100x5-9", "1024-300x5-9", "784-100x5-10", "3072-100x5-10"])
def test_every_size_asked_for_is_a_case(size):
    assert any(str(case.size) == size for case in CASES.values())


def test_every_activation_with_a_module_is_a_case():
    variants = {case.variant for case in CASES.values()}
    assert {"tanh", "softsign", "sigmoid", "mixed"} <= variants


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "options", "said"),
    [
        ("training.py", ["--device", "tpu"], "unknown device 'tpu'; this machine has: cpu"),
        ("training.py", ["--case", "none"], "no case 'none'; there are:"),
        ("gpu.py", [], "gpu.py needs CUDA"),
        ("paper_width.py", ["--seconds", "1", "--output", "none"], "paper_width.py needs CUDA"),
        (
            "paper_width.py",
            ["--seconds", "1", "--output", "none", "--device", "cpu"],
            "the engine fused needs CUDA and nvcc; choose --engine torch",
        ),
    ],
)
def test_mistakes_end_with_exit_code_2(script, options, said):
    from torch.cuda import is_available

    if script in {"gpu.py", "paper_width.py"} and is_available():
        pytest.skip("there is a GPU")
    command = [sys.executable, str(SCRIPTS / script), *options]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert said in ended.stdout + ended.stderr


def test_a_peer_that_does_not_start_is_left_out_with_its_last_line(tmp_path, monkeypatch):
    monkeypatch.setattr(contenders, "why_no_jax", lambda _: None)
    case, pool = Case(TINY, 2), Pool(TINY)
    starts = Packed("", pool, case.specs()).networks()
    pythons = {JAX: Path(sys.executable)}  # has no JAX
    field = open_lineup(case, pool, starts, tmp_path, pythons)
    assert "No module named 'jax'" in field.left_out[JAX]
    assert JAX not in {peer.name for peer in field.peers}
