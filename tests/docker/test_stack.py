"""The services of compose.yaml together: migration, health, roles, passwords, a whole sweep."""

import dataclasses
import os
import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from asking import API, Client
from stack import REMEMBERED, Stack

pytestmark = pytest.mark.faults
SEARCH = f"{API}/experiments/search?max_results=1"


def connect(stack: Stack, role: str, database: str, password: str) -> None:
    psycopg.connect(
        host="127.0.0.1", port=stack.ports["database"], user=role, dbname=database,
        password=password, connect_timeout=5,
    ).close()  # fmt: skip


def test_each_role_opens_its_own_database_alone(stack):
    roles = ["mlflow", "mlflow_auth", "optuna"]
    for role in roles:
        password = stack.secret(f"database_{role}")
        connect(stack, role, role, password)
        for other in {*roles, "postgres"} - {role, "postgres"}:
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                connect(stack, role, other, password)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            connect(stack, role, role, "wrong")


def test_migrating_again_changes_nothing(stack):
    before = schema_of(stack)
    stack.run("migrate", stack.services["migrate"]["command"])
    assert schema_of(stack) == before
    assert all("alembic_version" in text for text in before.values())


def schema_of(stack: Stack) -> dict[str, str]:
    """Return the dumped schema of each database, without pg_dump's random marks."""
    dumps = {}
    for name in ("mlflow", "mlflow_auth", "optuna"):
        text = stack.cluster.run("pg_dump", "--schema-only", "--username", "postgres", name)
        lines = [line for line in text.splitlines() if "restrict" not in line]
        dumps[name] = "\n".join(lines)
    return dumps


def test_making_the_account_again_keeps_it_and_gives_it_its_password(stack):
    admin = Client(stack.ports["ui"], "admin", stack.secret("admin_password"))
    body = {"username": "sweep", "password": "another one for a while"}
    assert admin.ask("PATCH", f"{API}/users/update-password", body).status == 200
    stack.run("accounts", stack.services["accounts"]["command"])
    sweep = Client(stack.ports["ui"], "sweep", stack.secret("tracking_password"))
    assert sweep.ask("GET", SEARCH).status == 200
    user = admin.ask("GET", f"{API}/users/get?username=sweep").content["user"]
    assert user["is_admin"] is False


def leaver(stack: Stack, name: str) -> tuple[Client, Client]:
    """Make an account and let the server check its password; return (admin, account)."""
    admin = Client(stack.ports["ui"], "admin", stack.secret("admin_password"))
    account = Client(stack.ports["ui"], name, "the first password of it")
    body = {"username": name, "password": account.password}
    assert admin.ask("POST", f"{API}/users/create", body).status == 200
    assert account.ask("GET", SEARCH).status == 200
    return admin, account


def test_an_old_password_is_refused_as_soon_as_it_is_changed(stack):
    admin, old = leaver(stack, "changed")
    new = dataclasses.replace(old, password="the second password of it")
    body = {"username": "changed", "password": new.password}
    assert admin.ask("PATCH", f"{API}/users/update-password", body).status == 200
    assert old.ask("GET", SEARCH).status == 401
    assert new.ask("GET", SEARCH).status == 200
    body = {"username": "changed"}
    assert admin.ask("DELETE", f"{API}/users/delete", body).status == 200
    assert new.ask("GET", SEARCH).status == 401


def test_what_is_changed_in_the_database_counts_once_the_check_is_forgotten(stack):
    """As auth.ini says, after a minute; here sooner. See docs/security.md."""
    _, old = leaver(stack, "expired")
    end = time.monotonic() + REMEMBERED
    change = "UPDATE users SET password_hash = 'none' WHERE username = 'expired'"
    database = ["--username", "postgres", "--dbname", "mlflow_auth"]
    assert "UPDATE 1" in stack.cluster.run("psql", *database, "--command", change)
    assert old.ask("GET", SEARCH).status == 200, "checked anew: minutes of hashing in a sweep"
    asked = time.monotonic()
    while old.ask("GET", SEARCH).status == 200:
        assert asked < end
        time.sleep(0.5)
        asked = time.monotonic()


def test_the_health_check_notices_a_dead_database_and_its_return(stack):
    assert stack.health("mlflow") == 0
    assert stack.health("postgres") == 0
    stack.cluster.stop()
    try:
        asked = time.monotonic()
        assert stack.health("mlflow") not in {0, -9}, "it ran into the time limit"
        assert time.monotonic() - asked < 10
        assert stack.health("postgres") not in {0, -9}
        alive = Client(stack.ports["ui"]).ask("GET", "/health")
        assert alive.status == 200, "/health itself sees nothing"
    finally:
        stack.cluster.start()
    stack.wait_until_healthy("mlflow", seconds=30)
    assert "cannot read its databases" in stack.log("mlflow")


def test_the_health_check_notices_a_wrong_password(stack):
    secret = stack.folder / "mlflow" / "secrets" / "admin_password"
    right = secret.read_text()
    secret.chmod(0o644)
    secret.write_text("wrong")
    try:
        assert stack.health("mlflow") == 1
    finally:
        secret.write_text(right)


def test_a_sweep_and_its_report_run_as_they_are_written(stack):
    stack.up("sweep-cpu")
    assert "Table 1 of sweep tiny" in stack.log("sweep-cpu")
    stack.up("report")
    assert "Table 1 of sweep tiny" in stack.log("report")
    stack.run("sweep-cpu", stack.services["sweep-cpu"]["command"])
    assert "nothing to do" in stack.log("sweep-cpu")


def test_no_log_and_no_process_shows_a_password(stack):
    """Last in the file: everything above has been logged by now."""
    for service in ("accounts", "mlflow"):
        assert stack.log(service)
    wrong = Client(stack.ports["ui"], "admin", "a wrong password 17")
    assert wrong.ask("GET", SEARCH).status == 401
    secrets = {path.name: path.read_text() for path in (stack.folder / "secrets").iterdir()}
    secrets["wrong"] = "a wrong password 17"
    logs = [*(stack.folder / "logs").iterdir(), stack.folder / "cluster" / "server.log"]
    assert len(logs) >= 5
    processes = subprocess.run(
        ["ps", "axww", "-o", "args"], check=True, capture_output=True, text=True
    ).stdout
    assert "mlflow" in processes
    texts = {str(path): path.read_text() for path in logs} | {"arguments": processes}
    for name, secret in secrets.items():
        assert [place for place, text in texts.items() if secret in text] == [], name


def test_the_servers_environment_has_no_database_password(stack):
    pid = stack.servers["mlflow"].pid
    if os.getuid() != 0:
        pytest.skip("only root may read the environment of a process of another user")
    environment = Path(f"/proc/{pid}/environ").read_text()
    assert stack.secret("admin_password") in environment  # MLflow reads it nowhere else
    for role in ("mlflow", "mlflow_auth", "optuna"):
        assert stack.secret(f"database_{role}") not in environment
