"""What identifies a run within its sweep: a tuple of words, and the one text that stands for it.

Names of data sets may hold whatever joins two names, so names are never joined: `mine` with seed 1
and the data set `mine-seed1` would be one run. A key's text is taken apart into the same words.
"""

from urllib.parse import quote, unquote

BETWEEN = "/"  # two words; within a word it is quoted


def key_text(*words: str) -> str:
    """Return the text of a key, which no other key has.

    Example:
        >>> key_text("tanh_n", "shapeset", "t012")
        'tanh_n/shapeset/t012'
        >>> key_text("tanh", "mine", "seed1") == key_text("tanh", "mine/seed1")
        False
    """
    return BETWEEN.join(quote(word, safe="") for word in words)


def key_words(text: str) -> tuple[str, ...]:
    """Return the words of a key.

    Example:
        >>> key_words("tanh_n/mine-seed1/t012")
        ('tanh_n', 'mine-seed1', 't012')
    """
    return tuple(unquote(word) for word in text.split(BETWEEN))


def run_name(text: str) -> str:
    """Return the name of the run of a key, which the run of no other key has either.

    Where no word holds a `-`, the words are joined by it: that is easier to read.

    Example:
        >>> run_name("tanh_n/shapeset/t012"), run_name("tanh_n/mine-seed1/t012")
        ('tanh_n-shapeset-t012', 'tanh_n/mine-seed1/t012')
    """
    return text if "-" in text else text.replace(BETWEEN, "-")
