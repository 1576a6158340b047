"""What the environment may decide is checked; what would only do harm is taken out."""

import os
import pwd
import sys
import warnings

import pytest

from glorot_sweep.errors import UserError
from glorot_sweep.host import environment


@pytest.fixture
def mask():
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def unknown_user(monkeypatch):
    def unknown(_uid):
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "LOGNAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("loose", "used"), [(0o000, 0o022), (0o020, 0o022), (0o070, 0o072)])
def test_nobody_else_may_write_under_any_umask(mask, capsys, tmp_path, loose, used):
    os.umask(loose)
    assert f"umask {loose:03o}" in environment.put_in_order()[0]
    (tmp_path / "file").touch()
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o666 & ~used
    assert environment.described()["umask"] == f"{used:03o}"


@pytest.mark.parametrize("strict", [0o022, 0o077, 0o002])
def test_a_umask_that_keeps_others_out_stays(mask, strict):
    os.umask(strict)
    assert environment.put_in_order() == []
    assert environment.umask() == strict


def test_warnings_of_libraries_are_no_errors(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        environment.put_in_order()
        assert not [one for one in warnings.filters if one[0] == "error"]
    assert "PYTHONWARNINGS" not in os.environ


def test_mlflow_writes_at_once_and_to_nobodys_model(mask, monkeypatch):
    for name in environment.ELSEWHERE:
        monkeypatch.setenv(name, "m-1")
    with environment.in_order():
        assert not set(environment.ELSEWHERE) & set(os.environ)
    assert all(os.environ[name] == "m-1" for name in environment.ELSEWHERE)
    environment.put_in_order()
    assert not set(environment.ELSEWHERE) & set(os.environ)


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "2,0", "99999999999"])
def test_a_number_of_threads_that_is_none_is_refused_by_name(monkeypatch, value):
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")
    environment.check()
    monkeypatch.setenv("MKL_NUM_THREADS", value)
    with pytest.raises(UserError, match=rf"MKL_NUM_THREADS must be .* got '{value}'"):
        environment.check()


def test_a_user_without_a_home_is_told_to_set_it_and_one_without_a_name_gets_one(
    unknown_user, monkeypatch
):
    with pytest.raises(UserError, match=r"has no home folder.*Set HOME"):
        environment.check()
    monkeypatch.setenv("HOME", "/somewhere")
    environment.check()
    environment.put_in_order()
    assert os.environ["LOGNAME"] == f"user{os.getuid()}"


def test_what_a_terminal_cannot_show_ends_nothing(tmp_path, monkeypatch):
    with (tmp_path / "out").open("w", encoding="ascii") as narrow:
        monkeypatch.setattr(sys, "stdout", narrow)
        environment.put_in_order()
        narrow.write("josé")
    assert (tmp_path / "out").read_text() == "jos\\xe9"


def test_what_is_described_is_plain():
    found = environment.described()
    assert found["processors"] >= 1
    assert set(found) == {
        "variables", "umask", "file_names", "texts", "processors", "memory_bytes",
    }  # fmt: skip


def test_a_guest_puts_umask_and_warnings_back(mask, unknown_user):
    os.umask(0o000)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("error")
        warnings.filterwarnings("always", message="umask")
        before = list(warnings.filters)
        with environment.in_order():
            assert environment.umask() == 0o022
            assert not [one for one in warnings.filters if one[0] == "error"]
            assert os.environ["LOGNAME"] == f"user{os.getuid()}"
        assert list(warnings.filters) == before
    assert [str(one.message)[:9] for one in told] == ["umask 000"]
    assert environment.umask() == 0o000
