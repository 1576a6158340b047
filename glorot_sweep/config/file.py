"""From a YAML file to a `SweepConfig`, with an error that names the line, the key and the rule."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.errors import UserError
from glorot_sweep.spelling import nearest

KEY_ITSELF = "[key]"  # what pydantic adds to the place of a name that breaks a rule


@dataclass(frozen=True)
class SweepFile:
    """A sweep file that keeps every rule.

    Attributes:
        config: what it says.
        text: how it says it, with its comments.
    """

    config: SweepConfig
    text: str


def read_sweep_file(path: Path) -> SweepFile:
    """Read and check a sweep file, once: it may be a pipe.

    Raises:
        UserError: it is missing or unreadable, is no YAML, or breaks a rule of `SweepConfig`.
    """
    text = _read(path)
    return SweepFile(_check(text, path), text)


def _check(text: str, path: Path) -> SweepConfig:
    """Return what the text of a sweep file says.

    Args:
        text: of the file.
        path: of the file, for messages.

    Raises:
        UserError: it is no YAML, or breaks a rule of `SweepConfig`; the message has one line for
            each mistake.
    """
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.load(text, Loader=_UniqueKeyLoader)
    except yaml.YAMLError as error:
        raise UserError(f"{path} is no valid YAML: {error}") from None
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold keys and values, got {type(values).__name__}")
    try:
        return SweepConfig.model_validate(values)
    except ValidationError as error:
        raise UserError(_explain(path, error, tree)) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"no such sweep file: {path}. The folder sweeps/ holds examples.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read the sweep file {path}: {error}") from None


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping; YAML itself keeps the last silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else id(key_node)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _explain(path: Path, error: ValidationError, tree: yaml.Node | None) -> str:
    lines = [f"{path} breaks {error.error_count()} rule(s) of a sweep file:"]
    for mistake in error.errors():
        place = tuple(part for part in mistake["loc"] if part != KEY_ITSELF)
        key = ".".join(str(part) for part in place) or "the file"
        lines.append(f"  line {_line(tree, place)}, {key}: {_rule(dict(mistake))}")
    return "\n".join(lines)


def _rule(mistake: dict[str, Any]) -> str:
    value, message = mistake["input"], str(mistake["msg"]).removeprefix("Value error, ")
    if mistake["type"] == "extra_forbidden":
        return f"unknown key{nearest(str(mistake['loc'][-1]), _known_keys(mistake['loc'][:-1]))}"
    if mistake["type"] == "missing":
        return "this key is required"
    if mistake["type"] == "value_error":
        return message
    hint = ""
    if isinstance(value, str) and mistake["type"] in {"float_type", "int_type"}:
        hint = "; in YAML write 1.0e-3, not 1e-3, and no quotes" if _is_number(value) else ""
    return f"{message}, got {value!r}{hint}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _known_keys(place: tuple[str | int, ...]) -> list[str]:
    model: Any = SweepConfig
    for part in place:
        field = model.model_fields.get(str(part))
        if field:  # else a name that the file chooses, of sections with the same keys
            model = _section_in(field.annotation)
    return list(model.model_fields)


def _section_in(annotation: Any) -> Any:
    """Return the section that a type speaks of, be it `X | None` or `dict[str, X | None]`."""
    if hasattr(annotation, "model_fields"):
        return annotation
    found = (_section_in(inner) for inner in get_args(annotation))
    return next((section for section in found if section is not None), None)


def _line(node: yaml.Node | None, place: tuple[str | int, ...]) -> int:
    """Line of the deepest part of `place` that the file has, counted from 1."""
    line = 1 if node is None else node.start_mark.line + 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            match = [(k, v) for k, v in node.value if k.value == str(part)]
            if not match:
                break
            line, node = match[0][0].start_mark.line + 1, match[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
