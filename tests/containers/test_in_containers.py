"""The stack in real containers: one story, told in the order of the tests in this file."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from composed import Composed, no_engine, wait_for
from free_ports import free_port

pytestmark = pytest.mark.containers
RUNNING = {"postgres": 999, "mlflow": 10001, "sweep-cpu": 10001}
EACH = pytest.mark.parametrize("service", sorted(RUNNING))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """Build the images and start everything; at the end nothing of it is left."""
    if reason := no_engine():
        pytest.skip(f"no container engine is at hand: {reason}")
    composed = Composed(tmp_path_factory.mktemp("checkout"), free_port())
    try:
        composed.compose("build")
        composed.compose("up", "--detach")
        wait_for_log(composed, "model-updates")
        yield composed
    finally:
        composed.compose("down", "--volumes", "--timeout", "5", check=False)


def wait_for_log(stack: Composed, text: str) -> None:
    wait_for(text, lambda: text in stack.log("sweep-cpu"), lambda: stack.log("sweep-cpu"))


def wait_for_the_end(stack: Composed) -> int:
    def ended() -> bool:
        return stack.state("sweep-cpu")["State"] == "exited"

    wait_for("the end of the sweep", ended, lambda: stack.log("sweep-cpu"))
    return stack.state("sweep-cpu")["ExitCode"]


def test_a_sweep_is_stopped_in_the_middle(stack):
    """First, while the sweep runs; what it says at the end is looked at below."""
    stack.compose("stop", "sweep-cpu")
    assert stack.state("sweep-cpu")["ExitCode"] == 143, stack.log("sweep-cpu")[-3000:]
    assert "Table 1" not in stack.log("sweep-cpu")


def test_the_server_is_restarted_and_the_sweep_continued_to_its_table(stack):
    stack.compose("restart", "mlflow")
    stack.compose("up", "--detach")
    wait_for_log(stack, "model-updates")
    assert stack.state("sweep-cpu")["State"] == "running"
    look_inside(stack)
    assert wait_for_the_end(stack) == 0, stack.log("sweep-cpu")[-5000:]
    assert "Table 1 of sweep tiny" in stack.log("sweep-cpu")


LOOKED: dict[str, dict[str, str]] = {}
LOOK = """
echo uid: $(id -u)
grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
echo root: $(touch /made 2>&1 && echo written)
echo native: $(touch /opt/native/made 2>&1 && echo written)
echo compilers: $(command -v cc gcc clang zig)
echo routes: $(cut -f 2 /proc/net/route)
"""


def look_inside(stack: Composed) -> None:
    """Ask each container what the tests below look at, while all of them run."""
    for service in RUNNING:
        lines = stack.inside(service, "sh", "-c", LOOK).splitlines()
        LOOKED[service] = {
            name: content.strip() for name, _, content in (line.partition(":") for line in lines)
        }


@EACH
def test_users_and_privileges(stack, service):
    seen = LOOKED[service]
    assert seen["uid"] == str(RUNNING[service])
    assert (int(seen["CapEff"], 16), int(seen["CapBnd"], 16)) == (0, 0)
    assert (seen["NoNewPrivs"], seen["Seccomp"]) == ("1", "2")


@EACH
def test_the_root_cannot_be_written_to(stack, service):
    assert LOOKED[service]["root"].endswith("Read-only file system")


def test_the_native_core_is_there_without_a_compiler(stack):
    assert LOOKED["sweep-cpu"]["native"].endswith("Read-only file system")
    assert LOOKED["sweep-cpu"]["compilers"] == ""
    run = ["run", "--rm", "--no-deps", "-T", "sweep-cpu", "python", "-c"]
    code = "from glorot_sweep.engine.native.library import load; print('core of', load().path)"
    assert "core of /opt/native/" in stack.compose(*run, code)


@pytest.mark.parametrize("service", ["postgres", "sweep-cpu"])
def test_an_internal_network_leads_nowhere(stack, service):
    targets = LOOKED[service]["routes"].split()[1:]
    assert targets
    assert "00000000" not in targets, "it has a default route"


def test_one_port_on_loopback_and_no_way_in_without_a_password(stack):
    assert stack.ask(None) == 401
    assert stack.ask("admin", "wrong") == 401
    assert stack.ask("admin", stack.secret("admin_password")) == 200
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses an address of this machine
        other = probe.getsockname()[0]
    assert not other.startswith("127.")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((other, stack.port), timeout=5)
    published = [stack.state(name)["Publishers"] for name in ("postgres", "sweep-cpu")]
    assert [one for ports in published for one in ports or [] if one["PublishedPort"]] == []


def test_a_checked_password_is_remembered_and_a_changed_one_refused_at_once(stack):
    """What is changed in the database itself counts after a minute: the server remembers."""
    admin = ("admin", stack.secret("admin_password"))
    body = {"username": "guest", "password": "the first password of it"}
    assert stack.ask(*admin, path="users/create", body=body) == 200
    assert stack.ask("guest", body["password"]) == 200
    change = "UPDATE users SET password_hash = 'none' WHERE username = 'guest'"
    psql = ["psql", "--username", "postgres", "--dbname", "mlflow_auth", "--command"]
    assert "UPDATE 1" in stack.inside("postgres", *psql, change)
    assert stack.ask("guest", body["password"]) == 200, "checked anew with each request"
    new = {**body, "password": "the second password of it"}
    assert stack.ask(*admin, path="users/update-password", method="PATCH", body=new) == 200
    assert stack.ask("guest", body["password"]) == 401
    assert stack.ask("guest", new["password"]) == 200


def test_the_sweeps_password_is_changed_as_the_docs_say(stack):
    old = stack.secret("tracking_password")
    assert stack.ask("sweep", old) == 200
    Path(stack.folder, "docker/secrets/tracking_password").unlink()
    stack.make_secrets()
    stack.compose("up", "--detach")
    assert stack.ask("sweep", old) == 401
    assert stack.ask("sweep", stack.secret("tracking_password")) == 200
    assert wait_for_the_end(stack) == 0, stack.log("sweep-cpu")[-5000:]
    assert "nothing to do" in stack.log("sweep-cpu")
