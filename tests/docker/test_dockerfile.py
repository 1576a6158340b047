"""What the Dockerfile must hold, whoever changes it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from composition import DOCKER, ROOT, image_environment, instructions, lineage

INSTRUCTIONS = instructions()
FINAL = ["server", "worker"]
SCRIPTS = sorted([*DOCKER.glob("*.sh"), *(ROOT / "tests" / "containers").glob("*.sh")])


def rest_of(word, stage=None):
    return [rest for name, w, rest in INSTRUCTIONS if w == word and stage in {None, name}]


def linter(name):
    """Return the linter's path: beside the interpreter, where pip puts it, or on the PATH."""
    folder = str(Path(sys.executable).parent)
    found = shutil.which(name, path=folder) or shutil.which(name)
    return found or pytest.skip(f"{name} is not installed")


def test_hadolint_finds_nothing():
    result = subprocess.run(
        [linter("hadolint"), "--no-color", DOCKER / "Dockerfile"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (result.stdout, result.returncode) == ("", 0)


@pytest.mark.slow
def test_shellcheck_finds_nothing():
    result = subprocess.run(
        [linter("shellcheck"), *SCRIPTS], check=False, capture_output=True, text=True
    )
    assert (result.stdout, result.returncode) == ("", 0)


def test_the_base_image_is_pinned_and_every_other_stage_is_one_of_ours():
    stages = [rest.split()[-1] for rest in rest_of("FROM")]
    sources = [rest.split()[0] for rest in rest_of("FROM")]
    assert sources[0] == "${PYTHON_IMAGE}"
    assert re.fullmatch(r"PYTHON_IMAGE=python:3\.11\.\d+-slim-bookworm", rest_of("ARG", "")[0])
    assert rest_of("ARG", "")[1] == "DEVICE=cpu"
    for source in sources[1:]:
        named = [source.replace("${DEVICE}", device) for device in ("cpu", "cuda")]
        assert set(named) <= set(stages), source


@pytest.mark.parametrize("stage", FINAL)
def test_a_final_stage_runs_as_a_numbered_user_who_is_not_root(stage):
    chain = [item for item in INSTRUCTIONS if item[0] == stage]
    users = [rest for _, word, rest in chain if word == "USER"]
    assert users == ["10001:10001"]
    last = max(index for index, (_, word, _) in enumerate(chain) if word in {"RUN", "COPY"})
    assert chain.index((stage, "USER", users[0])) > last


@pytest.mark.parametrize("stage", FINAL)
def test_a_final_stage_takes_the_environment_from_its_build_and_installs_nothing(stage):
    assert lineage(stage) == ["base", "runtime", stage]
    assert f"--from=build-{stage} /opt/venv /opt/venv" in rest_of("COPY", stage)
    for name in lineage(stage):
        assert not any(
            re.search(r"\b(pip|apt|apt-get|curl|wget)\b", r) for r in rest_of("RUN", name)
        )
    assert rest_of("ENTRYPOINT", "runtime") == ['["/usr/local/bin/entrypoint"]']


def test_nothing_is_fetched_by_address():
    assert rest_of("ADD") == []
    assert not any(re.search(r"\b(curl|wget|git)\b", rest) for rest in rest_of("RUN"))
    named = re.findall(r"https?://[^\s\"}]+", (DOCKER / "Dockerfile").read_text())
    assert named == ["https://download.pytorch.org/whl/cpu"]


def test_no_secret_is_built_in():
    names = [word.split("=")[0] for word in " ".join([*rest_of("ENV"), *rest_of("ARG")]).split()]
    assert names
    assert not [name for name in names if re.search("PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL", name)]
    assert "secrets" not in (DOCKER / "Dockerfile").read_text()


def test_the_build_sees_what_it_copies_and_no_more():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    ignored = [line for line in lines if line and not line.startswith("#")]
    assert ignored[0] == "*"
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    assert not {"docker", "docker/*", "docker/**", "docker/secrets"} & set(let_in)
    copied = [
        source
        for rest in rest_of("COPY")
        if "--from" not in rest
        for source in [word for word in rest.split() if not word.startswith("--")][:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(Path(source).match(pattern) for pattern in let_in), source


def test_every_file_that_is_installed_has_its_hash():
    installs = [rest for rest in rest_of("RUN") if "pip install" in rest]
    own = [rest for rest in installs if rest.endswith(" --no-build-isolation .")]
    assert len(own) == 1
    for rest in installs:
        assert " --no-deps " in rest, rest
        assert rest in own or " --require-hashes " in rest, rest
    files = re.findall(r"--requirement (\S+)", " ".join(installs))
    assert sorted(files) == sorted(path.name for path in (DOCKER / "locked").iterdir())
    for stage in FINAL:
        assert any(rest.endswith("pip check") for rest in rest_of("RUN", f"build-{stage}")), stage


def test_the_worker_gets_the_native_core_in_all_forms_and_no_compiler():
    folder = image_environment("worker")["GLOROT_SWEEP_NATIVE_CACHE"]
    assert f"--from=build-native {folder} {folder}" in rest_of("COPY", "worker")
    (compilation,) = [rest for rest in rest_of("RUN") if "engine.native.build" in rest]
    assert compilation in rest_of("RUN", "build-native")
    assert f"install --directory --mode 0755 {folder}" in compilation  # for user 10001 to read
    module = "glorot_sweep.engine.native.build"
    assert compilation.endswith(
        f"GLOROT_SWEEP_NATIVE_CACHE={folder} python -m {module} --all-forms"
    )
    with_compiler = {
        name for name, _, rest in INSTRUCTIONS if re.search(r"\b(gcc|clang|zig)", rest)
    }
    assert with_compiler == {"build-native"}


def test_wheels_alone_are_installed():
    assert image_environment("build-server")["PIP_ONLY_BINARY"] == ":all:"
    assert image_environment("build")["PIP_ONLY_BINARY"] == ":all:"
    for stage in ("torch-cpu", "torch-cuda", "build-server"):
        assert "build" in lineage(stage)


def test_scripts_can_be_executed():
    assert SCRIPTS
    assert [script.name for script in SCRIPTS if not script.stat().st_mode & 0o111] == []
