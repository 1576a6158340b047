"""WordNet's noun file: chains of hypernyms, where it is looked for, versions, damage."""

from pathlib import Path

import pytest

from glorot_sweep.data.small_imagenet import wordnet
from glorot_sweep.data.small_imagenet.wordnet import DEFAULT_FOLDER, FILE, VARIABLE, read_nouns
from glorot_sweep.errors import UserError
from small_imagenet.imagenet_copies import ENTITY, LICENCE, noun_line, write_wordnet

FISH = 2512053


def chain(hypernyms: dict[int, tuple[int, ...]], offset: int) -> list[int]:
    """Upwards along the first hypernym."""
    found = [offset]
    while hypernyms[found[-1]]:
        found.append(hypernyms[found[-1]][0])
    return found


def test_pointers_lead_upwards(tmp_path: Path) -> None:
    """Synset 3 is an instance of synset 2; words, glosses and other pointers are passed over."""
    hypernyms = read_nouns(write_wordnet(tmp_path)).hypernyms
    assert chain(hypernyms, FISH + 3) == [FISH + 3, FISH + 2, FISH, ENTITY]


def test_more_than_one_hypernym(tmp_path: Path) -> None:
    lines = [noun_line(1, [], []), noun_line(2, [], []), noun_line(3, ["n1", "n2"], [])]
    (tmp_path / FILE).write_text(LICENCE.format(version="3.0") + "".join(lines))
    assert read_nouns(tmp_path).hypernyms == {1: (), 2: (), 3: (1, 2)}


def test_the_folder_named_comes_first_then_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = (write_wordnet(tmp_path / name) for name in ("one", "two", "three"))
    for number, folder in enumerate((one, two, three)):
        with (folder / FILE).open("a") as file:
            file.write(noun_line(50 + number, [], []))
    monkeypatch.setattr(wordnet, "DEFAULT_FOLDER", three)
    assert 52 in read_nouns().hypernyms
    monkeypatch.setenv(VARIABLE, str(two))
    assert 51 in read_nouns().hypernyms
    assert 50 in read_nouns(one).hypernyms


def test_a_missing_file_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was named is not silently replaced by another one."""
    monkeypatch.setattr(wordnet, "DEFAULT_FOLDER", write_wordnet(tmp_path / "default"))
    with pytest.raises(UserError, match=r"no data\.noun in .*nowhere \(--wordnet\).*wordnet-base"):
        read_nouns(tmp_path / "nowhere")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone"))
    with pytest.raises(UserError, match=r"gone \(WNSEARCHDIR\)"):
        read_nouns()


def test_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"version 3\.1.*version 3\.0"):
        read_nouns(write_wordnet(tmp_path, version="3.1"))


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\xff" * 50, b"entity 0 | WordNet 3.0 Copyright"]
)
def test_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(UserError, match="is not WordNet's noun database"):
        read_nouns(tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    """Either its last line is cut, or synsets that others point to are gone."""
    path = write_wordnet(tmp_path) / FILE
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError, match="is damaged"):
        read_nouns(tmp_path)
    whole_lines = path.read_bytes().splitlines(keepends=True)[:-1]
    path.write_bytes(b"".join(whole_lines))
    with pytest.raises(UserError, match="synsets that others point to are missing"):
        read_nouns(tmp_path)


@pytest.mark.parametrize(
    "change", [(" n 0b ", " n 0c "), (" n 0b ", " v 0b "), ("00001740 03", "0000x740 03")]
)
def test_a_damaged_line_is_named(tmp_path: Path, change: tuple[str, str]) -> None:
    path = write_wordnet(tmp_path) / FILE
    path.write_text(path.read_text().replace(*change, 1))
    with pytest.raises(UserError, match="line 3 is not a noun synset"):
        read_nouns(tmp_path)


@pytest.mark.realdata
def test_the_real_wordnet() -> None:
    """Chains that any WordNet 3.0 browser shows; 82,115 noun synsets by its own statistics."""
    if not (DEFAULT_FOLDER / FILE).is_file():
        pytest.skip(f"WordNet 3.0 is not installed: no {DEFAULT_FOLDER / FILE}")
    hypernyms = read_nouns(DEFAULT_FOLDER).hypernyms
    assert len(hypernyms) == 82_115
    # goldfish, cyprinid, cypriniform fish, soft-finned fish, teleost fish, bony fish, fish
    goldfish = [1443537, 1439121, 1438208, 1428580, 2528163, 2514825, 2512053]
    # golden retriever, retriever, sporting dog, hunting dog, dog, canine, carnivore, placental,
    # mammal
    retriever = [2099601, 2099029, 2098550, 2087122, 2084071, 2083346, 2075296, 1886756, 1861778]
    for known in (goldfish, retriever):
        assert chain(hypernyms, known[0])[: len(known)] == known
