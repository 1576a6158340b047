"""Text from outside is shown as it is: never taken for markup, never obeyed by a terminal."""

import ast
import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from glorot_sweep.cli import app
from glorot_sweep.cli.terminal import terminal
from glorot_sweep.errors import UserError
from glorot_sweep.host.tables import narrow_table
from glorot_sweep.interface.watching import silent
from glorot_sweep.report.terminal_width import within_width
from glorot_sweep.sweep.progress import SweepProgress

PACKAGE = Path(app.__file__).parents[1]
OUTSIDE = "cannot open [/dev/shm/torch_1] [bold]x[/] :cat: [red"
RENDERED = {"table", "head"}  # names of what is a table or a text already


def calls_of_print() -> list[tuple[str, ast.Call]]:
    """Return every call of a console's `print` in the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "print"
            ):
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", node))
    return found


def may_be_markup(call: ast.Call) -> bool:
    """Return whether what is printed is text that was not written down there."""
    if not call.args or any(word.arg == "markup" for word in call.keywords):
        return False
    (shown,) = call.args
    if isinstance(shown, ast.Call):  # of what makes a table
        name = shown.func.id if isinstance(shown.func, ast.Name) else ""
        return not name.endswith(("_terminal", "_table"))
    known = isinstance(shown, ast.Name) and shown.id in RENDERED
    return not (known or isinstance(shown, ast.Constant))


@pytest.mark.slow
def test_nothing_that_is_put_together_is_printed_as_markup() -> None:
    calls = calls_of_print()
    assert len(calls) > 30
    assert [place for place, call in calls if may_be_markup(call)] == []


@pytest.mark.parametrize("text", ["console.print(line)", "console.print(f'{x}', style='dim')"])
def test_a_call_that_forgets_it_would_be_found(text: str) -> None:
    (call,) = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    assert may_be_markup(call)


def test_a_note_is_shown_as_it_is() -> None:
    console = Console(file=io.StringIO(), width=200, emoji=False)
    with SweepProgress(console) as progress:
        progress.start("search", OUTSIDE, 1, 1)
        progress.note(OUTSIDE)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().count(OUTSIDE) == 2


def test_so_is_a_cell_of_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(OUTSIDE, title=OUTSIDE)
    table.add_row(OUTSIDE)
    terminal().print(table)
    assert capsys.readouterr().out.count(OUTSIDE) == 3


def test_control_characters_in_a_message_are_shown_and_not_sent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise UserError("no such class \x1b]0;owned\x07 caf\u00e9\n  \u202e\udce9")

    monkeypatch.setattr(app, "app", refuse)
    with pytest.raises(SystemExit):
        app.main()
    shown = capsys.readouterr().err
    assert shown == "error: no such class \\x1b]0;owned\\x07 caf\u00e9\n  \\u202e\\udce9\n"


def test_nor_in_what_the_console_prints(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("\x1b[31mhead")
    table.add_row("\x1b]0;owned\x07")
    console = terminal()
    console.print(table)
    with SweepProgress(console) as progress:
        progress.start("search", "trials", 1, 1)
        progress.note("a pack failed (\x1b[31mred)")
    shown = capsys.readouterr().out
    assert "\x1b[31m" not in shown
    for text in ("\\x1b[31mhead", "\\x1b]0;owned\\x07", "a pack failed (\\x1b[31mred)"):
        assert text in shown


HOSTILE = ("[red]x[/red] 'q' \"p\"", "a\u202eb\x1b[31m", "w" * 200, ":cat:")


@pytest.mark.parametrize("divided", [False, True])
def test_hostile_names_are_shown_as_text_within_80_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], divided: bool
) -> None:
    """In the tables of commands, and in those of the report, which are made of texts."""
    table = narrow_table(("data set", "variant"), ("runs",), [("p" * 60, n, "12") for n in HOSTILE])
    if divided:
        table = Table("Type", "p" * 60, "paper", title="m" * 40)
        for name in HOSTILE:
            table.add_row(name, Text("* 80.76 [79.94, 85.57] (nothing learned)"), "27.15")
    console = terminal()
    monkeypatch.setattr(console, "_width", 80)
    for part in within_width(table, console, int(divided)):
        console.print(part, markup=False)
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert not {"\u202e", "\x1b", "…"} & set(shown)
    assert "a\\u202eb\\x1b[31m" in shown
    assert "[red]x[/red]" in shown
    assert shown.count("w") >= 200


def test_a_name_in_another_encoding_is_printed_somehow() -> None:
    """As the file system gave it, on a stream that takes UTF-8 alone."""
    program = "from glorot_sweep.host.streams import keep_streams; keep_streams(); "
    program += "print('caf\\udce9')"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "caf\\udce9\n")


def test_nor_is_it_by_a_console_that_shows_nothing_and_measures_all_the_same() -> None:
    """A label that closes what nothing has opened."""
    table = Table("tanh [/2]")
    table.add_row("[/b]")
    within_width(table, silent())
