"""Sentences in a terminal and elsewhere."""

import io

import pytest
from rich.console import Console

from glorot_sweep.host.sentences import print_sentence

SENTENCE = "On Shapeset, Tanh N beats Tanh by 1.53 points [0.24, 2.82] (99.75 % interval)."


@pytest.mark.parametrize(("terminal", "lines"), [(True, 3), (False, 1)])
def test_a_sentence_is_broken_between_words_in_a_terminal_alone(terminal, lines):
    console = Console(file=io.StringIO(), width=30, force_terminal=terminal, color_system=None)
    print_sentence(console, SENTENCE)
    said = console.file.getvalue()
    assert len(said.splitlines()) == lines
    assert " ".join(said.split()) == SENTENCE
