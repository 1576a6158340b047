"""Encoded images, sorted into splits and classes as their names say: `<split>/<class>/<file>`."""

import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from glorot_sweep.data.split_names import SPLITS
from glorot_sweep.errors import UserError

ENDINGS = (".png", ".jpg", ".jpeg")
LAYOUT = "<split>/<class>/<image>, the splits being train, test and, if you like, validation"
_FILE_DEPTH = 3


class ImageTree:
    """What a folder or an archive holds.

    Names that start with a dot are passed over, and so are files beside the splits (a README);
    everything else must have its place.

    Args:
        path: of the folder or archive, for messages.

    Attributes:
        splits: split, class, name of the file, encoded image.

    Example:
        >>> tree = ImageTree(Path("pets"))
        >>> tree.add_file(("train", "cat", "1.png"), lambda: b"...")
        >>> tree.splits
        {'train': {'cat': {'1.png': b'...'}}}
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.splits: dict[str, dict[str, dict[str, bytes]]] = {}

    def add_folder(self, parts: tuple[str, ...]) -> None:
        """Take note of a folder; a class folder may turn out to be empty.

        Args:
            parts: of its name, from the top; the top itself has none.

        Raises:
            UserError: it is neither a split nor a class of one.
        """
        if not parts or is_hidden(parts):
            return
        if parts[0] not in SPLITS:
            raise self._misplaced(parts, f"a folder must be one of {', '.join(SPLITS)}")
        if len(parts) >= _FILE_DEPTH:
            raise self._misplaced(parts, "a class holds images, no folders")
        classes = self.splits.setdefault(parts[0], {})
        if len(parts) > 1:
            classes.setdefault(parts[1], {})

    def add_file(self, parts: tuple[str, ...], read: Callable[[], bytes]) -> None:
        """Take an image.

        Args:
            parts: of its name, from the top.
            read: gives the encoded image.

        Raises:
            UserError: it is no image by its name, or in no class, or was taken before.
        """
        if is_hidden(parts) or len(parts) == 1:
            return
        self.add_folder(parts[:-1])
        if len(parts) < _FILE_DEPTH:
            raise self._misplaced(parts, "images lie in a folder of their class")
        if not parts[2].lower().endswith(ENDINGS):
            raise self._misplaced(parts, f"images end in {', '.join(ENDINGS)}")
        files = self.splits[parts[0]][parts[1]]
        if parts[2] in files:
            raise self._misplaced(parts, "it occurs twice")
        files[parts[2]] = read()

    def class_names(self) -> tuple[str, ...]:
        """Return the sorted class names, after checking that every split is whole.

        Raises:
            UserError: a split is missing, classes differ, are fewer than two, or are empty.
        """
        for split in ("train", "test"):
            if split not in self.splits:
                raise UserError(f"{self.path}: there is no folder {split}/. It must hold {LAYOUT}.")
        self._refuse_two_forms()
        names = set(self.splits["train"])
        if len(names) < 2:
            raise UserError(
                f"{self.path}: train/ must hold the folders of two classes or more, got "
                f"{sorted(names)}. Give every class a folder."
            )
        for split, classes in self.splits.items():
            self._check_classes(split, classes, names)
        return tuple(sorted(names))

    def _refuse_two_forms(self) -> None:
        """Refuse class folders that look alike; some systems store `é` as one character."""
        forms: dict[str, set[str]] = {}
        for name in {name for classes in self.splits.values() for name in classes}:
            forms.setdefault(unicodedata.normalize("NFC", name), set()).add(name)
        for name, written in forms.items():
            if len(written) > 1:
                raise UserError(
                    f"{self.path}: the class folders {name!r} are one name in two forms of "
                    f"Unicode, {' and '.join(map(ascii, sorted(written)))}. Rename them all to one."
                )

    def _check_classes(
        self, split: str, classes: dict[str, dict[str, bytes]], names: set[str]
    ) -> None:
        if set(classes) != names:
            raise UserError(
                f"{self.path}: every split must have the classes of train/; {split}/ lacks "
                f"{sorted(names - set(classes))} and has besides {sorted(set(classes) - names)}."
                " Make the folders alike."
            )
        for name, files in classes.items():
            if not files:
                raise UserError(
                    f"{self.path}: the class folder {split}/{name}/ must hold an image, got none."
                    " Fill it, or remove the class from every split."
                )

    def _misplaced(self, parts: tuple[str, ...], rule: str) -> UserError:
        return UserError(
            f"{self.path}: {'/'.join(parts)} has no place in a data set: {rule}. It must hold "
            f"{LAYOUT}; move everything else away."
        )


def is_hidden(parts: Sequence[str]) -> bool:
    """Whether a file or folder is passed over."""
    return any(part.startswith(".") for part in parts)
