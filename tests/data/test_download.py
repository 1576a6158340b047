"""Downloads from a server on the loopback interface, whole, broken and wrong."""

import hashlib
import pathlib
from collections.abc import Iterator

import pooch
import pytest
from loopback import Site, a_site, refused_address

from glorot_sweep.data.download import PublishedFile, check_published, fetch
from glorot_sweep.errors import ServiceLostError, UserError

CONTENT = bytes(range(256)) * 300
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def site() -> Iterator[Site]:
    with a_site() as site:
        site.pages = {"/good/a.gz": CONTENT, "/wrong/a.gz": b"moved", "/cut/a.gz": CONTENT}
        site.cut = {"/cut/a.gz"}
        yield site


def published(*addresses: str) -> PublishedFile:
    return PublishedFile("Letters", "a.gz", MD5, addresses)


@pytest.mark.parametrize("broken", ["/none/a.gz", "/wrong/a.gz", "/cut/a.gz"])
def test_the_next_address_is_tried(site: Site, tmp_path: pathlib.Path, broken: str) -> None:
    folder = tmp_path / "deep" / "letters"
    file = published(site.address(broken), site.address("/good/a.gz"), site.address("/unneeded"))
    assert fetch(file, folder, "a") == folder / "a.gz"
    assert site.asked == [broken, "/good/a.gz"]
    assert [path.name for path in folder.iterdir()] == ["a.gz"]
    assert (folder / "a.gz").read_bytes() == CONTENT


def test_nobody_listening_is_no_end_either(site: Site, tmp_path: pathlib.Path) -> None:
    file = published(refused_address("/a.gz"), site.address("/good/a.gz"))
    assert fetch(file, tmp_path, "a").read_bytes() == CONTENT


def test_a_file_is_downloaded_once(site: Site, tmp_path: pathlib.Path) -> None:
    file = published(site.address("/good/a.gz"))
    fetch(file, tmp_path, "a")
    fetch(file, tmp_path, "a")
    assert site.asked == ["/good/a.gz"]


def test_a_file_that_is_there_is_left_alone(tmp_path: pathlib.Path) -> None:
    """Whatever it holds: whoever reads it checks it, and names it if it is wrong."""
    (tmp_path / "a.gz").write_bytes(b"mine")
    assert fetch(published(refused_address("/a.gz")), tmp_path, "a").read_bytes() == b"mine"


def test_downloading_says_nothing(
    site: Site, tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fetch(published(site.address("/good/a.gz")), tmp_path, "a")
    assert capfd.readouterr() == ("", "")


def test_a_refusal_tells_everything(site: Site, tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "place" / "letters"
    nobody = refused_address("/a.gz")
    addresses = [site.address(f"/{name}/a.gz") for name in ("none", "wrong", "cut")]
    with pytest.raises(UserError) as caught:
        fetch(published(nobody, *addresses), folder, "a")
    message = str(caught.value)
    assert f"Letters: found neither a.gz nor a in {folder}, and no address gave" in message
    assert all(address in message for address in (nobody, *addresses))
    assert "404" in message
    assert f"expected md5:{MD5} but got {hashlib.md5(b'moved').hexdigest()}" in message
    assert "refused" in message
    assert "--data-folder or GLOROT_SWEEP_DATA" in message
    assert not folder.parent.exists(), "nothing is left, not even the folder"


def test_a_folder_that_was_there_stays(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UserError):
        fetch(published(refused_address("/a.gz")), tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(site: Site, tmp_path: pathlib.Path) -> None:
    (tmp_path / "letters").write_text("a file in its place")
    with pytest.raises(UserError, match="letters"):
        fetch(published(site.address("/good/a.gz")), tmp_path / "letters", "a")
    assert (tmp_path / "letters").read_text() == "a file in its place"


def test_an_interrupted_download_leaves_nothing(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: object, url: str, output_file: str, pooch: object) -> None:
        pathlib.Path(output_file).write_bytes(CONTENT[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(published("http://127.0.0.1/a.gz"), tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_other_contents_are_refused_with_both_checksums() -> None:
    check_published(CONTENT, MD5, "Letters: a.gz")
    wrong = hashlib.md5(b"wrong").hexdigest()
    with pytest.raises(UserError, match=rf"Letters: a\.gz is not .* {MD5}, got {wrong} \(why\)\."):
        check_published(b"wrong", MD5, "Letters: a.gz", " (why)")


def test_a_full_disk_is_no_fault_of_the_addresses(
    site: Site, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pooch, "retrieve", full)
    folder = tmp_path / "deep" / "letters"
    with pytest.raises(ServiceLostError, match=f"disk of {folder} is full"):
        fetch(published(site.address("/good/a.gz")), folder, "a")
    assert not (tmp_path / "deep").exists()
