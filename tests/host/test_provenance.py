"""Which sources and which processor a number may depend on."""

import shutil

import pytest
import torch

from glorot_sweep.host.processor import CPUINFO, cpu_model, device_type
from glorot_sweep.host.provenance import (
    DECISIVE,
    PACKAGE,
    code_hash,
    hash_sources,
    library_versions,
    provenance,
)


@pytest.fixture
def package(tmp_path):
    """A copy of the package's sources."""
    return shutil.copytree(PACKAGE, tmp_path / "package")


@pytest.mark.slow
def test_the_hash_is_of_content_and_names(package):
    assert hash_sources(package, DECISIVE) == code_hash()
    (package / "engine" / "torch" / "layout.py").rename(package / "engine" / "torch" / "plan.py")
    assert hash_sources(package, DECISIVE) != code_hash()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "decides"),
    [
        ("parts/variants.py", True),
        ("engine/torch/passes.py", True),
        ("engine/native/core.c", True),
        ("training/module.py", True),
        ("data/shapeset.py", True),
        ("sweep/search/study.py", True),
        ("sweep/contents/monitored.py", True),
        ("sweep/driver.py", True),
        ("specs.py", True),
        ("seeds.py", True),
        ("engine/notes.md", False),
        ("report/page.py", False),
        ("cli/app.py", False),
        ("sweep/progress.py", False),
        ("tracking/store.py", False),
    ],
)
def test_a_source_that_decides_numbers_changes_the_hash_and_no_other_does(package, file, decides):
    path = package / file
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "\n# edited\n")
    assert (hash_sources(package, DECISIVE) != code_hash()) == decides


def test_every_decisive_place_exists():
    assert [place for place in DECISIVE if not (PACKAGE / place).exists()] == []


def test_versions_are_those_that_are_imported():
    assert library_versions()["torch"] == torch.__version__
    assert "torch" in provenance().libraries


def test_the_processor_is_named_with_what_chooses_its_kernels(monkeypatch):
    device_type.cache_clear()
    plain = device_type()
    assert torch.backends.cpu.get_cpu_capability() in plain
    assert cpu_model(CPUINFO) in plain
    device_type.cache_clear()
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    assert device_type() == f"{plain}, MKL_CBWR=COMPATIBLE"
    device_type.cache_clear()


def test_a_processor_is_read_off_the_systems_list(tmp_path):
    listed = tmp_path / "cpuinfo"
    listed.write_text(
        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 143\n"
        "model name\t: Intel(R) Xeon(R) 8481C\n\n"
    )
    assert cpu_model(listed) == "Intel(R) Xeon(R) 8481C (GenuineIntel, family 6, model 143)"
    assert cpu_model(tmp_path / "missing")


def test_processors_of_arm_are_told_apart_by_their_numbers(tmp_path):
    listed, found = tmp_path / "cpuinfo", []
    for part in ("0xd0c", "0xd40"):
        listed.write_text(
            f"processor\t: 0\nCPU implementer\t: 0x41\nCPU variant\t: 0x3\nCPU part\t: {part}\n"
        )
        found.append(cpu_model(listed))
    kind = cpu_model(tmp_path / "missing")
    numbers = [f"implementer 0x41, part {part}, variant 0x3" for part in ("0xd0c", "0xd40")]
    assert found == [f"{kind} ({words})" for words in numbers]
