"""The tracking server, started as compose.yaml says, attacked from loopback."""

import http.client
import os
import time
from pathlib import Path

import pytest
from asking import API, ARTIFACTS, Client
from stack import as_container_user

pytestmark = pytest.mark.faults
SEARCH = f"{API}/experiments/search?max_results=1"
CANARY = b"outside the artifact root"


@pytest.fixture(scope="module")
def port(stack):
    return stack.ports["ui"]


@pytest.fixture(scope="module")
def admin(stack, port):
    return Client(port, "admin", stack.secret("admin_password"))


@pytest.fixture(scope="module")
def sweep(stack, port):
    return Client(port, "sweep", stack.secret("tracking_password"))


@pytest.fixture(scope="module")
def viewer(admin, port):
    assert admin.ask("POST", f"{API}/users/create", {
        "username": "viewer", "password": "a password of the viewer",
    }).status == 200  # fmt: skip
    return Client(port, "viewer", "a password of the viewer")


@pytest.fixture(scope="module")
def run(sweep):
    """Return (experiment, run) of the account that sweeps use, with one artifact."""
    experiment = sweep.make("experiments/create", name="owned")["experiment_id"]
    made = sweep.make("runs/create", experiment_id=experiment)["run"]["info"]
    assert made["artifact_uri"].startswith("mlflow-artifacts:/")
    path = f"{ARTIFACTS}/{experiment}/{made['run_id']}/artifacts/inside.txt"
    assert sweep.ask("PUT", path, b"inside").status == 200
    assert sweep.ask("GET", path).body == b"inside"
    return experiment, made["run_id"]


@pytest.fixture
def canary(stack):
    """Return a file beside the artifact root that the server's user may read and write."""
    file = stack.folder / "outside" / "canary.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(CANARY)
    for path in (file.parent, file):
        path.chmod(0o777)
    return file


def test_the_server_runs_as_the_containers_user(stack):
    if not as_container_user():
        pytest.skip("the tests do not run as root: the server has this user's id")
    status = Path(f"/proc/{stack.servers['mlflow'].pid}/status").read_text()
    assert "Uid:\t10001\t10001" in status
    assert "NoNewPrivs:\t1" in status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", SEARCH),
        ("POST", f"{API}/runs/create"),
        ("GET", f"/ajax-api/2.0/mlflow/{SEARCH.removeprefix(API)}"),
        ("GET", f"{ARTIFACTS}/1/x"),
        ("PUT", f"{ARTIFACTS}/1/x"),
        ("DELETE", f"{ARTIFACTS}/1/x"),
        ("GET", "/get-artifact?run_uuid=x&path=y"),
        ("POST", "/graphql"),
        ("GET", f"{API}/users/get?username=admin"),
        ("POST", "/v1/traces"),
    ],
)
def test_without_credentials_nothing_is_answered(port, stack, method, path):
    guesses = [Client(port), Client(port, "admin", ""), Client(port, "admin", "password1234")]
    for client in [*guesses, Client(port, "nobody", stack.secret("admin_password"))]:
        assert client.ask(method, path).status == 401, client


def test_the_right_password_is_let_in(admin, sweep):
    assert admin.ask("GET", SEARCH).status == sweep.ask("GET", SEARCH).status == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{}", "mlflow", "127.0.0.1:1", ""])
def test_a_foreign_host_header_is_refused(admin, port, host):
    assert admin.ask("GET", SEARCH, Host=host.format(port)).status == 403


@pytest.mark.parametrize("host", ["mlflow:{}", "localhost:{}", "127.0.0.1:{}"])
def test_the_servers_own_names_are_allowed(admin, port, host):
    assert admin.ask("GET", SEARCH, Host=host.format(port)).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://mlflow.evil:5000"])
def test_a_post_from_a_foreign_page_is_refused(admin, origin):
    def post(**headers):
        return admin.ask("POST", f"{API}/experiments/search", {"max_results": 1}, **headers).status

    assert post(Origin=origin) == 403
    assert post() == 200


def test_the_pages_cannot_be_framed(admin, port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/health")
    assert connection.getresponse().headers["X-Frame-Options"] == "DENY"
    connection.close()


def ways_out(target: Path) -> list[str]:
    """Return spellings of a path that leads from an artifact folder to a file outside."""
    climb = "../" * 12 + str(target).lstrip("/")
    short = "../outside/canary.txt"
    plain = [climb, short, f"x/../{short}", str(target), f"/{target}", f"file://{target}"]
    coded = [path.replace("..", "%2e%2e") for path in (climb, short)]
    slashes = [path.replace("/", "%2f") for path in (*plain[:4], coded[1])]
    twice = [path.replace("%", "%25") for path in slashes]
    return [*plain, *coded, *slashes, *twice, short.replace("/", "\\"), short.replace("/", "%5c")]


def places(run):
    """Return the prefixes below which the proxy takes a path."""
    experiment, run_id = run
    return [ARTIFACTS, f"{ARTIFACTS}/{experiment}/{run_id}/artifacts"]


def files_of(stack):
    """Return every file of the stack outside the artifact root that the server does not log to."""
    kept = [stack.folder / "outside", stack.folder / "mlflow", stack.folder / "state"]
    return {p: p.read_bytes() for folder in kept for p in folder.rglob("*") if p.is_file()}


def test_no_artifact_path_leads_out_of_the_root(stack, admin, run, canary):
    before = files_of(stack)
    for prefix in places(run):
        for path in ways_out(canary):
            read = admin.ask("GET", f"{prefix}/{path}")
            assert CANARY not in read.body, path
            assert admin.ask("PUT", f"{prefix}/{path}", b"overwritten").status < 600
            assert admin.ask("PUT", f"{prefix}/{path}.new", b"new").status < 600
            admin.ask("DELETE", f"{prefix}/{path}")
            assert files_of(stack) == before, path


def test_a_path_that_climbs_is_refused_and_not_only_lost(stack, admin, run, canary):
    for prefix in places(run):
        for path in [
            "../outside/canary.txt",
            "%2e%2e/outside/canary.txt",
            "..%2foutside%2fcanary.txt",
        ]:
            for method, body in (("GET", None), ("PUT", b"x"), ("DELETE", None)):
                status = admin.ask(method, f"{prefix}/{path}", body).status
                assert 400 <= status < 500, (method, prefix, path, status)


def test_listing_and_downloading_by_run_do_not_climb(admin, run, canary):
    _, run_id = run
    for path in ways_out(canary):
        for address in (
            f"{API}/artifacts/list?run_id={run_id}&path={path}",
            f"/get-artifact?run_uuid={run_id}&path={path}",
            f"/ajax-api/2.0/mlflow/get-artifact?run_uuid={run_id}&path={path}",
            f"{ARTIFACTS}?path={path}",
        ):
            answer = admin.ask("GET", address)
            assert CANARY not in answer.body, address
            assert b"canary.txt" not in answer.body or answer.status >= 400, address


@pytest.mark.parametrize("scheme", ["file://", ""])
def test_a_location_on_the_servers_own_disk_reaches_no_file_that_exists(
    stack, sweep, canary, scheme
):
    """Any account may name a place for an experiment's artifacts, which MLflow cannot forbid.

    Below it the server adds the run's random id, so that only new files can be made there.
    """
    before = files_of(stack)
    fields = {"name": f"own location {scheme}", "artifact_location": f"{scheme}{canary.parent}"}
    experiment = sweep.make("experiments/create", **fields)["experiment_id"]
    run_id = sweep.make("runs/create", experiment_id=experiment)["run"]["info"]["run_id"]
    for path in ("canary.txt", "../../canary.txt", "..%2f..%2fcanary.txt", str(canary)):
        query = f"run_uuid={run_id}&path={path}"
        answer = sweep.ask("GET", f"/get-artifact?{query}")
        assert answer.status >= 400
        assert CANARY not in answer.body
        sweep.ask("POST", f"/ajax-api/2.0/mlflow/upload-artifact?{query}", b"overwritten")
    after = files_of(stack)
    assert {path: after[path] for path in before} == before
    made = {path.relative_to(canary.parent).parts[:2] for path in after.keys() - before.keys()}
    assert made <= {(run_id, "artifacts")}


def test_by_default_another_account_reads_and_does_not_write(sweep, viewer, run):
    experiment, run_id = run
    inside = f"{ARTIFACTS}/{experiment}/{run_id}/artifacts/inside.txt"
    assert viewer.ask("GET", f"{API}/runs/get?run_id={run_id}").status == 200
    assert viewer.ask("GET", inside).body == b"inside"
    now = int(time.time() * 1000)
    metric = {"run_id": run_id, "key": "a", "value": 1, "timestamp": now, "step": 0}
    for what, fields in {
        "runs/create": {"experiment_id": experiment},
        "runs/set-tag": {"run_id": run_id, "key": "a", "value": "b"},
        "runs/log-metric": metric,
        "runs/log-batch": {"run_id": run_id, "tags": [{"key": "a", "value": "b"}]},
        "runs/update": {"run_id": run_id, "status": "FAILED"},
        "runs/delete": {"run_id": run_id},
        "experiments/update": {"experiment_id": experiment, "new_name": "theirs"},
        "experiments/delete": {"experiment_id": experiment},
        "users/create": {"username": "another", "password": "a password of another"},
    }.items():
        assert viewer.ask("POST", f"{API}/{what}", fields).status == 403, what
    assert viewer.ask("PUT", inside, b"overwritten").status == 403
    assert viewer.ask("DELETE", inside).status == 403
    assert sweep.ask("GET", inside).body == b"inside"
    body = {"username": "admin", "password": "taken over by viewer"}
    assert viewer.ask("PATCH", f"{API}/users/update-password", body).status == 403


def test_what_is_written_lies_under_the_artifact_root(stack, run):
    experiment, run_id = run
    path = stack.folder / "artifacts" / experiment / run_id / "artifacts" / "inside.txt"
    assert path.read_bytes() == b"inside"
    if os.getuid() == 0 and as_container_user():
        assert path.stat().st_uid == 10001
