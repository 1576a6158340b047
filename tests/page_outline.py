"""What a page refers to, whether its tags are closed, and what is read without opening any part."""

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Outline(HTMLParser):
    """References and ids of a page, its scripts, and the tags that are not closed.

    Args:
        text: of the page; a script of it must stand in it.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str | None] = []
        self.ids: list[str | None] = []
        self.open: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag refers to."""
        values = dict(attrs)
        self.references += [
            values[name] for name in ("src", "href", "xlink:href") if name in values
        ]
        self.ids += [values["id"]] if "id" in values else []
        self.scripts += tag == "script"
        assert tag != "script" or not values
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag, which must be this one."""
        assert self.open.pop() == tag, (tag, self.getpos())


class Shown(HTMLParser):
    """What a reader sees who opens nothing: the text outside of `details`, pictures and scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden: list[str] = []
        self.feed(page)

    @property
    def words(self) -> list[str]:
        """Its words."""
        return " ".join(self.parts).split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into a part that is not shown."""
        if tag in {"details", "svg", "style", "script", "head"}:
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not self._hidden:
            self.parts.append(data)
