"""What compose.yaml must hold, whoever changes it."""

import importlib.util
import json
import re
from pathlib import Path

import pytest
from composition import DOCKER, VARIABLE, composition, services

SERVICES = services()
EACH = pytest.mark.parametrize("name", sorted(SERVICES))
SERVERS = {"postgres", "mlflow"}
ONE_SHOT = {"migrate", "accounts", "report"}
SWEEPS = {"sweep-cpu", "sweep-gpu"}
OURS = {"glorot_sweep-server", "glorot_sweep-worker-cpu", "glorot_sweep-worker-cuda"}


def seconds(duration: str) -> float:
    return float(re.fullmatch(r"(\d+)s", duration)[1])


def test_it_has_the_services_that_are_checked_here():
    assert set(SERVICES) == SERVERS | ONE_SHOT | SWEEPS


def test_it_follows_the_compose_specification():
    package = importlib.util.find_spec("check_jsonschema")
    if package is None:
        pytest.skip("check-jsonschema, which carries the specification's schema, is not installed")
    from jsonschema.validators import validator_for

    folder = Path(package.origin).parent / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "compose-spec.json").read_text())
    validator = validator_for(schema)(schema)
    content = json.loads(json.dumps(composition()))
    assert [error.message for error in validator.iter_errors(content)] == []
    content["services"]["mlflow"]["helthcheck"] = {}
    assert list(validator.iter_errors(content)), "the schema refuses nothing"


@EACH
def test_no_privileges(name):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["init"] is True
    assert service["pids_limit"] > 0
    assert not {"privileged", "cap_add", "devices", "network_mode", "pid", "ipc"} & set(service)
    assert not any("docker.sock" in str(volume) for volume in service.get("volumes", []))


@EACH
def test_temporary_files_go_to_memory_of_limited_size(name):
    assert any(entry.startswith("/tmp:") for entry in SERVICES[name]["tmpfs"])
    assert all("size=" in entry for entry in SERVICES[name]["tmpfs"])


@EACH
def test_images_are_ours_or_pinned_to_an_exact_version(name):
    service = SERVICES[name]
    if "build" in service:
        assert service["build"]["target"] in {"server", "worker"}
        assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert pinned(service["build"]["args"]["PYTHON_IMAGE"])
    assert service["image"] in OURS or pinned(service["image"])


def pinned(image: str) -> bool:
    return bool(re.search(r":\d+\.\d+[\w.]*-bookworm$|:\d+\.\d+\.\d+-slim-bookworm$", image))


def test_latest_is_not_pinned():
    assert not pinned("postgres:latest")
    assert not pinned("postgres")
    assert not pinned("postgres:15-bookworm")


def test_the_base_image_is_the_dockerfiles_own():
    named = {s["build"]["args"]["PYTHON_IMAGE"] for s in SERVICES.values() if "build" in s}
    assert len(named) == 1
    assert f"ARG PYTHON_IMAGE={named.pop()}\n" in (DOCKER / "Dockerfile").read_text()


def test_one_port_is_published_and_on_loopback():
    published = {name: service.get("ports", []) for name, service in SERVICES.items()}
    assert {name for name, ports in published.items() if ports} == {"mlflow"}
    assert published["mlflow"] == ["127.0.0.1:5000:5000"]
    assert services(UI_PORT="8080")["mlflow"]["ports"] == ["127.0.0.1:8080:5000"]
    assert not any("expose" in service for service in SERVICES.values())


def test_the_published_name_is_an_allowed_host_whatever_the_port():
    command = services(UI_PORT="8080")["mlflow"]["command"]
    hosts = command[command.index("--allowed-hosts") + 1].split(",")
    origins = command[command.index("--cors-allowed-origins") + 1].split(",")
    assert {"mlflow:5000", "127.0.0.1:5000", "localhost:8080", "127.0.0.1:8080"} == set(hosts)
    assert set(origins) == {"http://localhost:8080", "http://127.0.0.1:8080"}
    assert not any("*" in entry for entry in [*hosts, *origins])


def test_only_the_server_reaches_a_network_that_is_not_internal():
    networks = composition()["networks"]
    assert [name for name, network in networks.items() if not network.get("internal")] == ["ui"]
    members = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert {name for name, joined in members.items() if "ui" in joined} == {"mlflow"}
    assert members["postgres"] == members["migrate"] == {"database"}
    assert members["accounts"] == members["report"] == {"tracking"}


def test_no_network_has_a_way_out():
    for name, network in composition()["networks"].items():
        masks = network.get("driver_opts", {}).get("com.docker.network.bridge.enable_ip_masquerade")
        assert network.get("internal") or masks == "false", name


def test_an_image_is_built_by_one_service():
    """Built by several, each `up --build` would recreate them all, a running sweep too."""
    built = [service["image"] for service in SERVICES.values() if "build" in service]
    used = [service["image"] for service in SERVICES.values()]
    assert sorted(built) == sorted({name for name in used if name.startswith("glorot_sweep-")})


def test_printed_links_open_in_the_hosts_browser():
    clients = [s["environment"] for s in SERVICES.values() if "environment" in s]
    clients = [one for one in clients if "MLFLOW_TRACKING_URI" in one]
    assert [one["GLOROT_SWEEP_UI"] for one in clients] == ["http://127.0.0.1:5000"] * 3
    client = services(UI_PORT="8080")["report"]["environment"]
    assert client["GLOROT_SWEEP_UI"] == "http://127.0.0.1:8080"


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_servers_restart_and_are_watched(name):
    check = SERVICES[name]["healthcheck"]
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert check["test"][0] == "CMD"
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)


def test_a_dead_database_is_not_asked_for_at_slash_health():
    words = SERVICES["mlflow"]["healthcheck"]["test"]
    assert words[2] == "/opt/server/health.py"
    limit = int(re.search(r"^SECONDS = (\d+)", (DOCKER / "health.py").read_text(), re.M)[1])
    assert limit < seconds(SERVICES["mlflow"]["healthcheck"]["timeout"])
    assert "/health" not in words[3]


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_what_runs_once_is_not_restarted(name):
    assert SERVICES[name]["restart"] == "no"


def test_everything_starts_in_order():
    healthy, done = (
        {"condition": "service_healthy"},
        {"condition": "service_completed_successfully"},
    )
    wanted = {
        "postgres": {},
        "migrate": {"postgres": healthy},
        "mlflow": {"postgres": healthy, "migrate": done},
        "accounts": {"mlflow": healthy},
        "report": {"mlflow": healthy, "accounts": done},
    }
    for name in SWEEPS:
        wanted[name] = {"postgres": healthy, "migrate": done, "mlflow": healthy, "accounts": done}
    assert {name: service.get("depends_on", {}) for name, service in SERVICES.items()} == wanted


@pytest.mark.parametrize("name", sorted(SWEEPS))
def test_a_sweep_has_time_to_save_and_a_process_that_reaps(name):
    assert seconds(SERVICES[name]["stop_grace_period"]) >= 60
    assert SERVICES[name]["init"] is True
    assert "shm_size" in SERVICES[name]


def test_one_service_takes_all_gpus_and_the_other_differs_in_nothing_else():
    cpu, gpu = dict(SERVICES["sweep-cpu"]), dict(SERVICES["sweep-gpu"])
    reservation = gpu.pop("deploy")["resources"]["reservations"]["devices"]
    assert reservation == [{"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}]
    assert (cpu.pop("profiles"), gpu.pop("profiles")) == (["cpu"], ["gpu"])
    assert cpu.pop("image") != gpu.pop("image")
    builds = [one.pop("build") for one in (cpu, gpu)]
    assert [build["args"].pop("DEVICE") for build in builds] == ["cpu", "cuda"]
    assert builds[0] == builds[1]
    assert cpu == gpu


def test_servers_start_without_a_profile():
    assert {name for name, s in SERVICES.items() if "profiles" not in s} == SERVERS | {
        "migrate", "accounts",
    }  # fmt: skip
    assert SERVICES["report"]["profiles"] == ["report"]


def test_every_secret_is_a_file_and_is_used():
    content = composition()
    assert all(set(secret) == {"file"} for secret in content["secrets"].values())
    used = {name for service in SERVICES.values() for name in service.get("secrets", [])}
    assert used == set(content["secrets"])
    made = set(re.findall(r"\b\w+_\w+\b", made_secrets()))
    assert made == used


def made_secrets() -> str:
    text = (DOCKER / "make-secrets.sh").read_text().replace("\\\n", " ")
    return re.search(r"^for name in (.*); do$", text, re.M)[1]


def test_a_worker_knows_no_password_but_its_own():
    assert set(SERVICES["report"]["secrets"]) == {"tracking_password"}
    assert set(SERVICES["sweep-cpu"]["secrets"]) == {"tracking_password", "database_optuna"}
    assert {name for name, s in SERVICES.items() if "admin_password" in s["secrets"]} == {
        "mlflow", "accounts",
    }  # fmt: skip
    assert {name for name, s in SERVICES.items() if "postgres_password" in s["secrets"]} == {
        "postgres"
    }


@EACH
def test_no_environment_variable_or_uri_holds_a_password(name):
    service = SERVICES[name]
    for key, content in service.get("environment", {}).items():
        secretive = re.search("PASSWORD|SECRET|TOKEN|KEY", key)
        assert not secretive or key.endswith("_FILE"), key
        assert "@" not in content or re.search(r"//\w+@", content), f"{key} holds a password"
    for word in service.get("command", []):
        assert not re.search(r"//[^/@]*:[^/@]*@", word), word


def test_every_variable_has_a_default():
    text = (DOCKER / "compose.yaml").read_text()
    assert "$" not in VARIABLE.sub("", text)
    assert [found[0] for found in VARIABLE.finditer(text) if found[2] is None] == []


def test_a_volume_is_named_or_read_only():
    named = set(composition()["volumes"])
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source, _, rest = volume.partition(":")
            assert source in named or rest.endswith(":ro"), (name, volume)


def test_the_accounts_database_is_the_one_that_is_migrated():
    uri = SERVICES["migrate"]["environment"]["AUTH_DATABASE_URI"]
    assert f"database_uri = {uri}?connect_timeout=3\n" in (DOCKER / "auth.ini").read_text()
    assert "default_permission = READ\n" in (DOCKER / "auth.ini").read_text()
    command = SERVICES["mlflow"]["command"]
    served = command[command.index("--backend-store-uri") + 1]
    assert (
        served.partition("?")[0] == SERVICES["migrate"]["environment"]["MLFLOW_BACKEND_STORE_URI"]
    )
    command = SERVICES["sweep-cpu"]["command"]
    storage = command[command.index("--storage") + 1]
    assert storage == SERVICES["migrate"]["environment"]["OPTUNA_STORAGE"]


def test_a_checked_password_is_remembered_as_long_as_the_docs_say():
    assert "auth_cache_ttl_seconds = 60\n" in (DOCKER / "auth.ini").read_text()
    security = DOCKER.parent / "docs" / "security.md"
    assert "**A checked password is remembered for a minute** (`auth_cache" in security.read_text()
