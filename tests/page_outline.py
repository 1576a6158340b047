"""What a page refers to, and whether its tags are closed."""

from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Outline(HTMLParser):
    """References and ids of a page, and the tags that are not closed.

    Args:
        text: of the page; a script of it must stand in it.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.references: list[str | None] = []
        self.ids: list[str | None] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag refers to."""
        values = dict(attrs)
        self.references += [
            values[name] for name in ("src", "href", "xlink:href") if name in values
        ]
        self.ids += [values["id"]] if "id" in values else []
        assert tag != "script" or not values
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag, which must be this one."""
        assert self.open.pop() == tag, (tag, self.getpos())
