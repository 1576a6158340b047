"""Secrets in URIs: what is printed, logged or stored as a tag shows `***` in their place.

Whatever may be a secret is hidden; a path with an @ can cost a message the name of a host.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus

STARS = "***"
NAMES = re.compile(
    r"(?i)pass|pwd|secret|token|key|sig|auth|cred|session|jwt|code|(^|[^a-z])(pw|pin|sas)([^a-z]|$)"
)
DATABASES = re.compile(r"(postgres(ql)?|mysql|mariadb|mssql|oracle|sqlite)?(\+\w+)?")
NO_PASSWORDS = {"", "x-oauth-basic"}  # written where the user's name is the secret
SHORT = 4  # a secret with fewer characters is found as a word of its own alone

ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://[^\s'\"<>]+")
PARAMETER = re.compile(r"([?&;#])([^\s?&;#='\"<>]+)=[^\s&'\"<>]+")
NAME = re.compile(r"(?:^|[?;#])([^=?;#]*)=")
# A password of several words: behind a user's name, not the port behind a host's.
WORDS = re.compile(r"(://[^\s:/?#@]*:)(?!\d{1,5}\b)(?=[^\s@]*[ \t])(?:(?!://)[^\n'\"])*@")


def hide_secrets(text: str, *uris: str) -> str:
    """Return a text as it may be shown.

    Args:
        text: anything, whatever URIs it holds.
        uris: that it may hold, or parts of them: their secrets are found whatever signs they have.

    Example:
        >>> hide_secrets("no answer from https://ann:secret@host:5000/x?sig=1 within 5 s")
        'no answer from https://ann:***@host:5000/x?sig=*** within 5 s'
        >>> hide_secrets("my word is wrong", "postgresql://ann:my%20word@host/x")
        '*** is wrong'
    """
    for uri in uris:
        text = text.replace(uri, shown_uri(uri))
        for secret in sorted(_as_written(uri), key=len, reverse=True):
            text = _word(secret).sub(STARS, text)
    text = WORDS.sub(rf"\1{STARS}@", text)
    text = ADDRESS.sub(lambda found: shown_uri(found.group()), text)
    return PARAMETER.sub(_shown_parameter, text)


def shown_uri(uri: str) -> str:
    """Return a URI as it may be shown.

    Example:
        >>> shown_uri("postgresql://ann:my word@host/x?user=ann&password=a b")
        'postgresql://ann:***@host/x?user=ann&password=***'
        >>> shown_uri("https://TOKEN@host/x"), shown_uri("postgresql://ann@host/x")
        ('https://***@host/x', 'postgresql://ann@host/x')
    """
    shown, at = "", 0
    for start, end in _secrets(uri):
        if start >= at:
            shown += uri[at:start] + STARS
        at = max(at, end)
    return shown + uri[at:]


def _secrets(uri: str) -> list[tuple[int, int]]:
    """Return where the secrets of a URI begin and end, in order; they may overlap."""
    scheme, separator, _ = uri.partition("://")
    begin = len(scheme + separator) if separator else 2 * uri.startswith("//")
    if uri.startswith("/", begin):  # a file: there is no user, and a path may hold any sign
        begin = (uri + "?").index("?", begin)
        return list(_in_query(uri, begin))
    return sorted({*_in_userinfo(uri, scheme if separator else "", begin), *_in_query(uri, begin)})


def _in_userinfo(uri: str, scheme: str, begin: int) -> Iterator[tuple[int, int]]:
    """Yield the secret before the last @, if that belongs to a user."""
    userinfo, at, _ = uri[begin:].rpartition("@")
    user, colon, password = userinfo.partition(":")
    end, after_user = begin + len(userinfo), begin + len(user)
    if not at or not {"/", "?", "#"}.isdisjoint(user):
        return  # the sign is one of a path
    if "@" in user or (not colon and not DATABASES.fullmatch(scheme)):
        yield begin, end
    elif user and colon and password in NO_PASSWORDS:
        yield begin, after_user
    elif password:
        yield after_user + 1, end


def _in_query(uri: str, begin: int) -> Iterator[tuple[int, int]]:
    """Yield the values of secret parameters; each lasts to the next &, whatever is in it."""
    for piece in re.finditer("[^&]+", uri[begin:]):
        for name in NAME.finditer(piece[0]):
            if NAMES.search(unquote(name[1])) and name.end() < len(piece[0]):
                yield begin + piece.start() + name.end(), begin + piece.end()
                break


def _as_written(uri: str) -> set[str]:
    """Return the secrets of a URI in every spelling that a library may print, and their parts."""
    secrets = {uri[start:end] for start, end in _secrets(uri)}
    plain = {spelled(secret) for secret in secrets for spelled in (str, unquote, unquote_plus)}
    quoted = {spelled(one) for one in plain for spelled in (quote, quote_plus, _quoted_whole)}
    pieces = {piece for one in plain for piece in re.split(r"[/?#@:\s]", one)}
    return {one for one in plain | quoted if one} | {one for one in pieces if len(one) >= SHORT}


def _word(secret: str) -> re.Pattern[str]:
    text = re.escape(secret)
    return re.compile(text if len(secret) >= SHORT else rf"(?<!\w){text}(?!\w)")


def _quoted_whole(text: str) -> str:
    return quote(text, safe="")


def _shown_parameter(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}={STARS}" if NAMES.search(unquote(found[2])) else found.group()
