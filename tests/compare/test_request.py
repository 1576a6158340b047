"""Which sweeps are asked for, and where: what is wrong there is said before any store is opened."""

import re

import pytest

from glorot_sweep.compare.request import asked_sweeps
from glorot_sweep.errors import UserError


@pytest.fixture
def store(tmp_path):
    """Returns the address of a SQLite store that is there."""

    def make(name: str) -> str:
        (tmp_path / name).touch()
        return f"sqlite:///{tmp_path / name}"

    return make


def where(asked):
    return [(one.name, one.uri, one.experiment) for one in asked]


def test_one_address_is_that_of_all_sweeps(store):
    uri = store("a.db")
    assert where(asked_sweeps(["x", "y", "z"], [uri], ["e"])) == [
        (name, uri, "e") for name in ("x", "y", "z")
    ]


def test_as_many_addresses_as_sweeps_are_theirs_in_order(store):
    a, b = store("a.db"), store("b.db")
    assert where(asked_sweeps(["x", "x"], [a, b], [])) == [("x", a, None), ("x", b, None)]
    assert where(asked_sweeps(["x", "x"], [a], ["e", "f"])) == [("x", a, "e"), ("x", a, "f")]


def test_without_an_address_or_with_an_empty_one_the_default_is_meant(store, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store("a.db"))
    for uris in ([], [""], ["", ""]):
        assert where(asked_sweeps(["x", "y"], uris, [])) == [("x", None, None), ("y", None, None)]


@pytest.mark.parametrize("names", [["x"], []])
def test_fewer_than_two_sweeps_are_refused(names):
    with pytest.raises(UserError, match=r"two sweeps or more; got (x alone|none)"):
        asked_sweeps(names, [], [])


@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("option", ["--tracking-uri", "--experiment"])
def test_another_number_of_addresses_is_refused(store, count, option):
    given = [store(f"{number}.db") for number in range(count)]
    uris, experiments = (given, []) if option == "--tracking-uri" else ([], given)
    with pytest.raises(UserError, match=f"{option} is given once .* {count} times for 3 sweeps"):
        asked_sweeps(["x", "y", "z"], uris, experiments)


def test_the_same_sweep_twice_is_refused_however_its_store_is_written(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    uri = store("a.db")
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    for uris in ([uri], [uri, "sqlite:///a.db"], [uri, f"sqlite:///{tmp_path / 'link.db'}"]):
        with pytest.raises(UserError, match="the sweeps 1 and 2 are the same one: 'x'"):
            asked_sweeps(["x", "x"], uris, [])
    servers = ["http://h:5000", "http://h:5000/"]
    with pytest.raises(UserError, match="the sweeps 2 and 3 are the same one"):
        asked_sweeps(["y", "x", "x"], [servers[0], *servers], [])
    with pytest.raises(UserError, match="are the same one"):
        asked_sweeps(["x", "x"], [uri], ["glorot_sweep", ""])


def test_a_missing_store_is_refused_by_its_name(store, tmp_path):
    missing = f"sqlite:///{tmp_path / 'none.db'}"
    with pytest.raises(UserError, match=re.escape(missing)):
        asked_sweeps(["x", "y"], [store("a.db"), missing], [])
    assert not (tmp_path / "none.db").exists()
