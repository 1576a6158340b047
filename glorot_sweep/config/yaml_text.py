"""YAML as sweep files use it: plain words and decimal numbers, with nothing read otherwise.

YAML 1.1 takes `010` for eight, `1:30` for ninety, `on` for true and `2010-01-01` for a date. Here
they are the words that they look like, and the rule of their key decides whether it takes a word.
It takes `1e-2` for a word; here it is the number that it looks like, as in YAML 1.2.
"""

import re
from typing import Any, NamedTuple

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError, SafeConstructor

DEEPEST = 20  # levels; a sweep file has six
MOST_VALUES = 100_000  # with every alias written out; no valid sweep file has so many
LONGEST_INTEGER = 20  # characters; no rule lets a longer one pass
LARGEST_WHOLE = 1e15  # every whole number below is exact

PLAIN = {
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?(?:0|[1-9][0-9_]*)",
    "float": r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*[eE][-+][0-9]+|[-+]?[0-9]{1,3}[eE][0-9]{1,2}"  # 1234e56 may be a commit
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "null": r"~|null|Null|NULL|",
    "merge": r"<<",
}
"""What an unquoted word must look like to be no text, by YAML's names of the kinds."""


class YamlText(NamedTuple):
    """What a text says.

    Attributes:
        values: dictionaries, lists, texts, numbers, true, false and None.
        tree: the same with the lines that things stand on; None of an empty text.
    """

    values: Any
    tree: yaml.Node | None


def read_yaml(text: str) -> YamlText:
    """Read one YAML document.

    Raises:
        yaml.YAMLError: it is none; or has a key that is no word or stands twice in one mapping,
            more than `DEEPEST` levels, or more than `MOST_VALUES` values.
    """
    loader = _Loader(text)
    try:
        tree = loader.get_single_node()
        if tree is None:
            return YamlText(None, None)
        _measure(tree, {})
        return YamlText(loader.construct_document(tree), tree)
    finally:
        loader.dispose()


def write_yaml(values: Any) -> str:
    """Write what `read_yaml` reads again: a text that looks like a number here stands in quotes.

    Raises:
        yaml.YAMLError: there is something among it that no sweep file can hold.
    """
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


def naming(name: str) -> str:
    """Return the line of a sweep file that names it, quoted where YAML would read no word.

    Example:
        >>> naming("mine"), naming("2010")
        ('name: mine', "name: '2010'")
    """
    return write_yaml({"name": name}).strip()


def node_at(tree: yaml.Node | None, place: tuple[str | int, ...]) -> yaml.Node | None:
    """Return what stands at a place, given by keys and numbers; None: nothing does."""
    along = _along(tree, place)
    return along[-1][1] if len(along) == len(place) + 1 else None


def line_of(tree: yaml.Node | None, place: tuple[str | int, ...]) -> int:
    """Return the line, from 1, of the deepest part of a place that the text has."""
    along = _along(tree, place)
    return along[-1][0] if along else 1


def _along(node: yaml.Node | None, place: tuple[str | int, ...]) -> list[tuple[int, yaml.Node]]:
    """Return what stands along a place, from the whole on, each with its line."""
    if node is None:
        return []
    along = [(node.start_mark.line + 1, node)]
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = [(k.start_mark, v) for k, v in node.value if k.value == str(part)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            found = [(one.start_mark, one) for one in node.value[part : part + 1]]
        else:
            found = []
        if not found:
            break
        mark, node = found[-1]  # merged keys come first
        along.append((mark.line + 1, node))
    return along


class _Dumper(yaml.SafeDumper):
    pass


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012
    yaml_constructors = {  # noqa: RUF012
        tag: construct
        for tag, construct in SafeConstructor.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in {*PLAIN, "str", "seq", "map"}
    }
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node; what is nested too deep is refused before Python's own stack ends."""
        self._depth += 1
        if self._depth > DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise ComposerError(None, None, f"it has more than {DEEPEST} levels", mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Make a value; a tag that does not fit its text is a mistake of the file."""
        if isinstance(node, yaml.ScalarNode) and node.tag == _tag("int"):
            _refuse_long(node)
        try:
            value = super().construct_object(node, deep)
        except (ValueError, LookupError) as error:
            problem = f"this is no {node.tag.rpartition(':')[2]} ({error})"
            raise ConstructorError(None, None, problem, node.start_mark) from None
        return _whole(value) if isinstance(value, float) and "." not in node.value else value

    def construct_mapping(self, node: yaml.Node, deep: bool = False) -> dict[Any, Any]:
        """Make a dictionary whose keys are the words that stand there."""
        if not isinstance(node, yaml.MappingNode):
            raise ConstructorError(None, None, "this is no mapping", node.start_mark)
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep) for key, value in node.value}


def _tag(kind: str) -> str:
    return f"tag:yaml.org,2002:{kind}"


def _whole(value: float) -> float:
    """Return a number that is written without a point, as 1e4, as the whole number that it is."""
    return int(value) if value.is_integer() and abs(value) < LARGEST_WHOLE else value


for _kind, _pattern in PLAIN.items():
    _Loader.add_implicit_resolver(_tag(_kind), re.compile(f"^(?:{_pattern})$"), None)
_Dumper.add_implicit_resolver(_tag("float"), re.compile(f"^(?:{PLAIN['float']})$"), None)


def _refuse_long(node: yaml.ScalarNode) -> None:
    if len(node.value) > LONGEST_INTEGER:
        problem = f"a number of {len(node.value):,} characters is larger than any that is allowed"
        raise ConstructorError(None, None, problem, node.start_mark)


def _refuse_keys(node: yaml.MappingNode) -> None:
    """Refuse a key that is no word, or stands twice; YAML itself keeps the last silently."""
    seen = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise ConstructorError(None, None, "a key must be a word", key.start_mark)
        if key.value in seen:
            raise ConstructorError(
                None, None, f"the key {key.value!r} stands twice", key.start_mark
            )
        seen.add(key.value)


def _measure(node: yaml.Node, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Return how many values a node stands for and in how many levels, aliases written out.

    Args:
        node: whose mappings are checked on the way.
        known: what was measured before; None of a node that is being measured.
    """
    if id(node) in known:
        measured = known[id(node)]
        if measured is None:
            raise ComposerError(None, None, "an alias stands in what it names", node.start_mark)
        return measured
    known[id(node)] = None
    parts = node.value if isinstance(node, yaml.CollectionNode) else []
    if isinstance(node, yaml.MappingNode):
        _refuse_keys(node)
        parts = [part for pair in node.value for part in pair]
    below = [_measure(part, known) for part in parts]
    n_values = 1 + sum(values for values, _ in below)
    n_levels = 1 + max((levels for _, levels in below), default=0)
    if n_values > MOST_VALUES or n_levels > DEEPEST:
        problem = (
            f"with its aliases written out it has {n_values:,} values in {n_levels} levels; there "
            f"may be {MOST_VALUES:,} in {DEEPEST}"
        )
        raise ComposerError(None, None, problem, node.start_mark)
    known[id(node)] = n_values, n_levels
    return n_values, n_levels
