"""From a YAML file to a `SweepConfig`, with an error that names the line, the key and the rule."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from glorot_sweep.config.before_groups import as_file_of_before
from glorot_sweep.config.image_folders import MAPPING, TEXT, placed
from glorot_sweep.config.names import IN_WORDS
from glorot_sweep.config.plugins import FromFile
from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.config.yaml_text import line_of, node_at, read_yaml, write_yaml
from glorot_sweep.errors import UserError
from glorot_sweep.parts.plugin import Plugin
from glorot_sweep.spelling import nearest

LONGEST_FILE = 200_000  # bytes; the longest one that comes with the package has 3,000
EXAMPLES = "`glorot-sweep sweeps` lists examples, `glorot-sweep init` writes a file to begin with."
SEVERAL = {"search.depth": "; `replicates.depths` takes several, each with searches of its own"}
"""What a list was meant to ask for, by the key that takes none."""

MOST_KEYS = 2  # of a section that is shown by example
MOST_MISTAKES = 20  # that are named
LONGEST_RULE = 2_000  # characters of a line of a message
LONGEST_VALUE = 100  # characters of a value that is shown
NUMBER_LIKE = re.compile(r"[-+]?[.\d][\d_.:]*(?:[eE][-+]?\d+)?$|[-+]?0[xXoObB][\da-fA-F_]+$")
NUMBER_HINT = "; in YAML write 10, not 010; no colon, no quotes"
NAMED_KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)*")  # as rules name keys: groups, search.groups
NO_KEYS = {"[key]", TEXT, MAPPING}  # what pydantic adds to the place of a mistake


@dataclass(frozen=True)
class SweepFile:
    """A sweep file that keeps every rule.

    Attributes:
        config: what it says.
        text: how it says it, with its comments.
    """

    config: SweepConfig
    text: str


def read_sweep_file(path: Path, plugins: tuple[Plugin, ...] = ()) -> SweepFile:
    """Read and check a sweep file, once: it may be a pipe. Its plugins are imported.

    Images that the file places beside itself lie beside it from then on, whatever the current
    folder; of a pipe, beside the current folder.

    Args:
        path: of the file.
        plugins: further ones, imported, as the command line names them.

    Raises:
        UserError: it is missing or unreadable, is no YAML, or breaks a rule of `SweepConfig`; a
            plugin that is not there or cannot be imported is one.
    """
    text = _read(path)
    beside = path.absolute().parent if path.is_file() else Path.cwd()
    return SweepFile(_placed(_check(text, path, FromFile(beside, plugins)), beside), text)


def sweep_file_of(values: Mapping[str, Any], plugins: tuple[Plugin, ...] = ()) -> SweepFile:
    """Return what a dictionary says, checked exactly as a file of the same content.

    Messages name keys; there are no lines. What lies beside a file, images and plugins, lies in the
    current folder.

    Args:
        values: keys and values.
        plugins: further ones, imported.

    Raises:
        UserError: it holds what no file can hold, or breaks a rule of `SweepConfig`.
    """
    try:
        text = write_yaml(_plain(values))
    except yaml.YAMLError as error:
        raise UserError(
            f"the question cannot be written as a sweep file: {_cut(str(error), LONGEST_RULE)}. It "
            "holds words, numbers, true and false, and lists and mappings of these."
        ) from None
    here = FromFile(Path.cwd(), plugins)
    config = _check(text, "the question", here, numbered=False)
    return SweepFile(_placed(config, Path.cwd()), text)


def _placed(config: SweepConfig, beside: Path) -> SweepConfig:
    """Return a configuration whose images lie where they lie, whatever the current folder."""
    folders = placed(config.image_folders, beside)
    return config.model_copy(update={"image_folders": folders})


def _plain(value: Any) -> Any:
    """Return a value of Python as YAML has it: a path is a word, an array of NumPy a list."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    as_plain = getattr(value, "tolist", None)
    return as_plain() if callable(as_plain) else value


def read_before_groups(file: SweepFile) -> SweepConfig | None:
    """Return what a file meant before there were groups; None: it says what was no file then.

    A sweep that was begun then is continued by its file, in which little stands that tells.
    """
    values, _ = read_yaml(file.text)
    try:
        if file.config.plugins:
            values = {**values, "plugins": file.config.plugins}
        return SweepConfig.model_validate(as_file_of_before(values))
    except ValidationError:
        return None


def _check(
    text: str, path: Path | str, context: FromFile | None = None, *, numbered: bool = True
) -> SweepConfig:
    """Return what the text of a sweep file says.

    Args:
        text: of the file.
        path: of the file, for messages.
        context: what else it is read with.
        numbered: messages say on which lines mistakes are.

    Raises:
        UserError: it is no YAML, or breaks a rule of `SweepConfig`; the message has one line for
            each mistake.
    """
    try:
        values, tree = read_yaml(text)
    except yaml.YAMLError as error:
        raise UserError(f"{path} is no valid YAML: {error}") from None
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold keys and values, got {type(values).__name__}")
    try:
        return SweepConfig.model_validate(values, context=context)
    except ValidationError as error:
        raise UserError(_explain(path, error, tree, numbered=numbered)) from None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:  # which may be a pipe, or have no end
            content = stream.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise UserError(
                f"{path} is too long for a sweep file, which may have {LONGEST_FILE:,} bytes. "
                f"{EXAMPLES}"
            )
        return content.decode("utf-8")
    except FileNotFoundError:
        raise UserError(
            f"no such sweep file: {path.absolute()}. A relative path counts from the current "
            f"folder, under `mlflow run` from that or the project's. {EXAMPLES}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the sweep file {path}: {error}") from None


def _explain(
    path: Path | str, error: ValidationError, tree: yaml.Node | None, *, numbered: bool
) -> str:
    mistakes = _once(error.errors())
    lines = [f"{path} breaks {len(mistakes)} rule(s) of a sweep file:"]
    # Without its plugin half of a file is unknown.
    mistakes = [one for one in mistakes if one["loc"][:1] == ("plugins",)] or mistakes
    for mistake in mistakes[:MOST_MISTAKES]:
        place = _place(dict(mistake), tree)
        key = ".".join(map(_shown_key, place)) or "the file"
        rule = _cut(_rule(dict(mistake), node_at(tree, place)), LONGEST_RULE)
        line = f"line {line_of(tree, place)}, " if numbered else ""
        lines.append(f"  {line}{key}: {rule}")
    if len(mistakes) > MOST_MISTAKES:
        lines.append(f"  and {len(mistakes) - MOST_MISTAKES} more")
    return "\n".join(lines)


def _once(mistakes: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return mistakes without those lists that are too short only since a part of them is wrong."""
    parents = {one["loc"][:-1] for one in mistakes}
    return [one for one in mistakes if one["type"] != "too_short" or one["loc"] not in parents]


def _place(mistake: dict[str, Any], tree: yaml.Node | None) -> tuple[str | int, ...]:
    """Return the path of what is wrong.

    A rule between keys is one of their section, or of the whole file: its place is the first of
    the keys it names that the file has, else the section of the first.
    """
    section = tuple(part for part in mistake["loc"] if part not in NO_KEYS)
    if mistake["type"] != "value_error" or not isinstance(mistake["input"], dict):
        return section
    named = [tuple(word.split(".")) for word in NAMED_KEY.findall(mistake["msg"])]
    dotted = [path for path in named if len(path) > 1]
    for path in named:
        for candidate in (section + path, *([path] if path in dotted else [])):
            if node_at(tree, candidate):
                return candidate
    sections = (path[:1] for path in dotted if not section and node_at(tree, path[:1]))
    return next(sections, section)


def _rule(mistake: dict[str, Any], node: yaml.Node | None) -> str:
    value, message = mistake["input"], str(mistake["msg"]).removeprefix("Value error, ")
    if mistake["type"] == "extra_forbidden":
        return f"unknown key{nearest(str(mistake['loc'][-1]), _known_keys(mistake['loc'][:-1]))}"
    if mistake["type"] == "missing":
        return "this key is required"
    if mistake["type"] == "value_error":
        return message
    if mistake["type"] == "model_type":
        keys = ", ".join(f"{key}: ..." for key in _known_keys(mistake["loc"])[:MOST_KEYS])
        place = ".".join(map(str, mistake["loc"]))
        said = f"it has keys of its own, as in {{{keys}}}, got {_shown(value)}"
        return said + (SEVERAL.get(place, "") if isinstance(value, list) else "")
    if mistake["type"] == "string_pattern_mismatch":
        return f"{IN_WORDS[mistake['ctx']['pattern']]}; got {_shown(value)}"
    if mistake["type"] == "tuple_type":
        message = "it is a list, as [..., ...]"
    hint, got = "", _shown(value)
    if mistake["type"] == "string_type" and isinstance(node, yaml.ScalarNode) and value is not None:
        got = _cut(node.value, LONGEST_VALUE)  # as it is written, 1e5 and not 100000
        hint = f"; in YAML a word that looks like something else stands in quotes: '{got}'"
    if isinstance(value, str) and mistake["type"] in {"float_type", "int_type"}:
        hint = NUMBER_HINT if NUMBER_LIKE.match(value) else ""
    return f"{message}, got {got}{hint}"


def _shown(value: Any) -> str:
    """Return a value as a message shows it, however long it is."""
    return _cut(repr(value), LONGEST_VALUE)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]} ..."


def _shown_key(part: str | int) -> str:
    text = str(part)
    return text if text.isprintable() and len(text) <= LONGEST_VALUE else _shown(text)


def _known_keys(place: tuple[str | int, ...]) -> list[str]:
    model: Any = SweepConfig
    parts = (part for part in place if part not in NO_KEYS)
    for part in parts:
        annotation = model.model_fields[str(part)].annotation
        model = _section_in(annotation)
        if get_origin(annotation) is dict:
            next(parts, None)  # a name that the file chooses, which may be that of a key
    return list(model.model_fields)


def _section_in(annotation: Any) -> Any:
    """Return the section that a type speaks of, be it `X | None` or `dict[str, X | None]`."""
    if hasattr(annotation, "model_fields"):
        return annotation
    found = (_section_in(inner) for inner in get_args(annotation))
    return next((section for section in found if section is not None), None)
