"""A mistake in a sweep file is named with its line, its key, the rule and the value."""

from pathlib import Path

import pytest
from sweep_builders import config, write_sweep

from glorot_sweep.config.file import read_sweep_file
from glorot_sweep.config.yaml_text import read_yaml, write_yaml
from glorot_sweep.errors import UserError

SWEEPS = Path(__file__).parents[2] / "sweeps"
TEXT = """\
name: small
datasets: [shapeset]
search:
  trials: 6
  generation: 2
  learning_rate: {low: 0.01, high: 0.5}
  updates: 30
replicates:
  updates: 40
  window: 1
"""

MISTAKES = {
    "unknown key": (
        ("  trials: 6", "  trails: 6"),
        ["line 4, search.trails: unknown key; did you mean 'trials'?", "required"],
    ),
    "unknown top key": (("name:", "nme: x\nname:"), ["line 1, nme: unknown key; did you mean"]),
    "unknown key in a section that may be left out": (
        ("replicates:", "monitored: {updates: 3, sedes: 2}\nreplicates:"),
        ["monitored.sedes: unknown key; did you mean 'seeds'"],
    ),
    "unknown key in a range": (("high: 0.5", "hihg: 0.5"), ["line 6", "did you mean 'high'"]),
    "unknown step rule": (
        ("  updates: 30", "  step_rules:\n    hesian: {}\n  updates: 30"),
        ["line 8, search.step_rules.hesian: unknown step rule 'hesian'; did you mean 'hessian'?"],
    ),
    "unknown key of a step rule": (
        ("  updates: 30", "  step_rules:\n    hessian: {dampnig: 3}\n  updates: 30"),
        ["line 8, search.step_rules.hessian.dampnig: unknown key; did you mean 'damping'?"],
    ),
    "unknown key under a name that is a key too": (
        ("  updates: 30", "  updates: 30\n  learning_rates:\n    low: {lo: 0.01, high: 0.5}"),
        ["line 9, search.learning_rates.low.lo: unknown key; did you mean 'low'?"],
    ),
    "unknown key of an own variant that is named as a key is": (
        ("name:", "own_variants:\n  cost: {activaton: tanh, initialization: he}\nname:"),
        ["line 2, own_variants.cost.activaton: unknown key; did you mean 'activation'?"],
    ),
    "no keys under such a name": (
        ("name:", "own_variants: {label: 5}\nname:"),
        ["line 1, own_variants.label: it has keys of its own, as in {label: ..., activation: ...}"],
    ),
    "unknown keys of images that are named as keys are": (
        ("name:", "image_folders:\n  color: {sise: 3}\n  path: {colr: rgb}\nname:"),
        [
            "line 2, image_folders.color.sise: unknown key; did you mean 'resize'?",
            "line 3, image_folders.path.colr: unknown key; did you mean 'color'?",
        ],
    ),
    "a number beyond all": (("low: 0.01", "low: 1e-999"), ["line 6", "learning_rate.low", "0.0"]),
    "no whole number": (("trials: 6", "trials: 1e-1"), ["line 4, search.trials", "0.1"]),
    "quoted number": (("trials: 6", 'trials: "6"'), ["line 4", "search.trials", "no quotes"]),
    "word for number": (("trials: 6", "trials: many"), ["line 4", "'many'"]),
    "list for section": (
        ("  updates: 30", "  depth: [2, 3, 4]\n  updates: 30"),
        [
            "line 7, search.depth: it has keys of its own, as in {low: ..., high: ...}, got [2, 3",
            "`replicates.depths` takes several",
        ],
    ),
    "list for number": (("trials: 6", "trials: [6]"), ["line 4", "[6]"]),
    "nothing for number": (("trials: 6", "trials:"), ["line 4", "None"]),
    "octal": (("trials: 6", "trials: 010"), ["line 4", "search.trials", "'010'", "10, not 010"]),
    "minutes and seconds": (("updates: 40", "updates: 1:30"), ["line 9", "'1:30'", "no colon"]),
    "hexadecimal": (("trials: 6", "trials: 0x10"), ["line 4", "'0x10'", "10, not 010"]),
    "a date": (("trials: 6", "trials: 2010-13-45"), ["line 4", "'2010-13-45'"]),
    "a key that YAML 1.1 takes for true": (("name:", "on: 3\nname:"), ["line 1, on: unknown key"]),
    "a key that YAML 1.1 takes for false": (
        ("  trials: 6", "  no: 3\n  trials: 6"),
        ["breaks 1 rule(s)", "line 4, search.no: unknown key"],
    ),
    "a number as key": (("name:", "1: 3\nname:"), ["breaks 1 rule(s)", "line 1, 1: unknown key"]),
    "an endless integer": (("trials: 6", f"trials: {'9' * 5_000}"), ["line 4", "5,000 characters"]),
    "a tag that does not fit": (("trials: 6", "trials: !!int six"), ["line 4", "this is no int"]),
    "an empty tagged number": (("trials: 6", "trials: !!float ''"), ["line 4", "this is no float"]),
    "a value of a kind that no key takes": (("trials: 6", "trials: !!set {}"), ["line 4", "set"]),
    "too deep": (("trials: 6", f"trials: {'[' * 2_000}{']' * 2_000}"), ["line 4", "20 levels"]),
    "an alias in itself": (("trials: 6", "trials: &a [*a]"), ["line 4", "stands in what it names"]),
    "a long value": (("trials: 6", f"trials: {'x' * 9_000}"), ["got 'xxx", "xx ..."]),
    "a key that a terminal would obey": (
        ("name:", '"\\e[31mred": 1\nname:'),
        ["line 1, '\\x1b[31mred': unknown key"],
    ),
    "number for section": (("  updates: 40\n  window: 1", ""), ["line 8, replicates", "None"]),
    "a name with a space": (
        ("name: small", "name: My sweep"),
        ["line 1, name: a name has 1 to 40 small letters", "got 'My sweep'"],
    ),
    "no commit": (
        ("name:", "preregistered: main\nname:"),
        ["line 1, preregistered: it must be the commit of your repository", "got 'main'"],
    ),
    "a commit of digits alone": (
        ("name:", "preregistered: 1234567\nname:"),
        ["line 1, preregistered", "stands in quotes: '1234567'"],
    ),
    "a name that is a number with an exponent": (
        ("name: small", "name: 1e5"),
        ["line 1, name: Input should be a valid string, got 1e5; ", "stands in quotes: '1e5'"],
    ),
    "a data set that is such a number": (
        ("[shapeset]", "[1e5]"),
        ["breaks 1 rule(s)", "line 2, datasets.0: Input", "stands in quotes: '1e5'"],
    ),
    "word for list": (("[shapeset]", "shapeset"), ["line 2, datasets", "'shapeset'"]),
    "inverted range": (("low: 0.01", "low: 0.9"), ["line 6", "[0.9, 0.5]", "must not exceed"]),
    "unknown data set": (("shapeset", "shapset"), ["line 2", "did you mean 'shapeset'"]),
    "number as data set": (("[shapeset]", "[3]"), ["line 2, datasets.0", "3"]),
    "missing key": (("  trials: 6\n", ""), ["line 3, search.trials: this key is required"]),
    "duplicate key": (("  trials: 6", "  trials: 6\n  trials: 7"), ["'trials' stands twice", "5"]),
    "duplicate top key": (("name: small", "name: small\nname: b"), ["'name' stands twice", "2"]),
    "unclosed bracket": (("[shapeset]", "[shapeset"), ["no valid YAML", "line 3"]),
    "tab": (("  trials: 6", "\ttrials: 6"), ["no valid YAML", "line 4"]),
    "list as key": (("name: small", "[a, b]: small"), ["no valid YAML", "line 1"]),
    "object of Python": (("name: small", "name: !!python/name:os.system"), ["no valid YAML"]),
}


NUMBERS = {
    "1e-2": 0.01, "1E-2": 0.01, "1_0e-3": 0.01, "1.0e-2": 0.01, "1.e-2": 0.01, "1e0": 1,
    "2e3": 2_000, "+2e3": 2_000,
    "1.5e3": 1_500.0, "12345e-3": 12.345, ".5": 0.5, "-.5e1": -5.0, "1e30": 1e30,
    "1234e56": "1234e56", "e3": "e3", "1e": "1e", "'1e-2'": "1e-2",
}  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), NUMBERS.items())
def test_an_exponent_makes_a_number(written, expected):
    found = read_yaml(f"a: {written}").values["a"]
    assert (found, type(found)) == (expected, type(expected))
    assert read_yaml(write_yaml({"a": expected})).values == {"a": expected}


def test_numbers_with_exponents_are_taken_wherever_numbers_are(tmp_path):
    path = tmp_path / "numbers.yaml"
    rates = TEXT.replace("low: 0.01, high: 0.5", "low: 1e-2, high: 5e-1")
    path.write_text(rates.replace("  updates: 30", "  updates: 3e1"))
    config = read_sweep_file(path).config
    assert config.search.learning_rate.low == 0.01
    assert config.search.updates == 30
    path.write_text(TEXT)
    assert config.hash() == read_sweep_file(path).config.hash()


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_sweep_file(path)
    return str(caught.value)


@pytest.mark.parametrize(("change", "expected"), MISTAKES.values(), ids=MISTAKES.keys())
def test_the_message_names_line_key_rule_and_value(tmp_path, change, expected):
    path = tmp_path / "wrong.yaml"
    assert change[0] in TEXT
    path.write_text(TEXT.replace(*change, 1))
    message = refusal(path)
    assert "wrong.yaml" in message
    for part in expected:
        assert part in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("  trials: 6", "  trials: 6\n  groups: 9"), "line 5, search.groups: search.groups m"),
        (("window: 1", "window: 1\n  seeds: 2\ncomparisons: [[a, b]]"), "line 12, comparisons: "),
        (("window: 1", "window: 30"), "line 10, replicates.window: replicates.window m"),
        (("  trials: 6", "  rungs: [3, 2]\n  trials: 6"), "line 4, search.rungs: rungs must rise"),
        (("  trials: 6", "  trials: 6\n  table_depth: 9"), "line 5, search.table_depth: tabl"),
        (("name:", "execution:\n  device: cuda\nnetwork:\n  engine: native\nname:"),
         "line 4, network.engine: network.engine native is for CPUs"),
        (("name:", "variants: [tanh_pretrained]\nname:"), "line 4, search: the variant 'tanh_pre"),
        (("low: 0.01", "low: 0.9"), "line 6, search.learning_rate.low: low must not exceed high"),
    ],
)  # fmt: skip
def test_a_rule_between_keys_is_told_where_the_first_key_stands_that_it_names(
    tmp_path, change, expected
):
    path = tmp_path / "wrong.yaml"
    path.write_text(TEXT.replace(*change, 1))
    assert f"  {expected}" in refusal(path)


def test_yes_and_no_are_words(tmp_path):
    path = tmp_path / "no.yaml"
    path.write_text(TEXT.replace("name: small", "name: no"))
    assert read_sweep_file(path).config.name == "no"


def test_a_short_text_that_stands_for_a_long_one_is_refused_in_few_words(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    path = tmp_path / "wrong.yaml"
    path.write_text("\n".join(lines))
    message = refusal(path)
    assert "aliases written out" in message
    assert len(message) < 2_000


@pytest.mark.slow
def test_aliases_that_nest_deeper_than_any_line_are_refused(tmp_path):
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 3_000))]
    path = tmp_path / "wrong.yaml"
    path.write_text("\n".join(lines))
    assert "20" in refusal(path)


def test_a_file_without_end_is_read_no_further_than_a_sweep_file_goes():
    assert "too long for a sweep file" in refusal(Path("/dev/zero"))


@pytest.mark.slow
def test_many_mistakes_are_named_in_few_lines(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(TEXT + "".join(f"key{n}: 1\n" for n in range(5_000)))
    message = refusal(path)
    assert "breaks 5000 rule(s)" in message
    assert message.endswith("and 4980 more")


def test_a_mapping_may_be_merged_before_it_is_read_itself(tmp_path):
    path = tmp_path / "good.yaml"
    text = TEXT.replace("{low: 0.01, high: 0.5}", "&rate {<<: {low: 0.01, high: 0.2}, high: 0.5}")
    path.write_text(text + "monitored: {updates: 3}\nsignificance: {<<: {level: 0.01}}\n")
    assert read_sweep_file(path).config.significance.level == 0.01


def test_a_mistake_in_what_overrides_a_merged_key_has_its_own_line(tmp_path):
    path = tmp_path / "wrong.yaml"
    text = TEXT.replace("{low: 0.01, high: 0.5}", "\n    <<: {low: 0.01, high: 0.2}\n    high: x")
    path.write_text(text)
    assert "line 8, search.learning_rate.high" in refusal(path)


def test_every_mistake_has_a_line_of_its_own(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(TEXT.replace("trials: 6", "trials: 0").replace("updates: 40", "updates: -1"))
    message = refusal(path)
    assert "breaks 2 rule(s)" in message
    assert "line 4, search.trials" in message
    assert "line 9, replicates.updates" in message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "must hold keys and values, got NoneType"),
        (b"# only a comment\n", "got NoneType"),
        (b"- a\n- b\n", "got list"),
        (b"tanh\n", "got str"),
        (b"name: \xff\n", "cannot read"),
        (b"name: a\n---\nname: b\n", "no valid YAML"),
        (b"name: a\x00\n", "no valid YAML"),
    ],
)
def test_what_is_no_mapping_is_refused(tmp_path, content, expected):
    path = tmp_path / "wrong.yaml"
    path.write_bytes(content)
    assert expected in refusal(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "no such sweep file" in refusal(tmp_path / "none.yaml")
    assert "cannot read the sweep file" in refusal(tmp_path)


@pytest.mark.parametrize("path", sorted(SWEEPS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_in_sweeps_is_valid_and_named_like_its_sweep(path):
    assert read_sweep_file(path).config.name == path.stem


def test_there_are_files_in_sweeps():
    assert {"quick", "tiny"} <= {path.stem for path in SWEEPS.glob("*.yaml")}


def test_a_good_file_says_what_the_model_says(tmp_path):
    assert read_sweep_file(write_sweep(tmp_path / "good.yaml")).config == config()


def test_merge_keys_of_yaml_work(tmp_path):
    path = tmp_path / "good.yaml"
    text = TEXT.replace("{low: 0.01, high: 0.5}", "{<<: {low: 0.01, high: 0.2}, high: 0.5}")
    path.write_text(text)
    rates = read_sweep_file(path).config.search.learning_rate
    assert (rates.low, rates.high) == (0.01, 0.5)
