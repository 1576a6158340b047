"""Images of one's own: where they lie, and how they are made alike.

Two forms. A text names a folder or file below the data folder, whose images are alike and split
already. A mapping names one anywhere, and how its images are prepared.
"""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    Tag,
    field_serializer,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticKnownError

from glorot_sweep.config.section import Section
from glorot_sweep.host.folders import lasting
from glorot_sweep.seeds import LARGEST_SEED

LARGEST_SIDE = 512  # pixels; more inputs than such an RGB image has are refused when images load
TEST_SHARE, VALIDATION_SHARE = 0.2, 0.1  # where a file says nothing
SMALLEST_DRAW, LARGEST_DRAW, MOST_DRAWN = 0.01, 0.9, 0.95  # of a class; of both draws together
TEXT, MAPPING = "[text]", "[mapping]"  # of the two forms; no part of a mistake's place

Side = Annotated[int, Field(ge=1, le=LARGEST_SIDE)]
Share = Annotated[float, Field(ge=SMALLEST_DRAW, le=LARGEST_DRAW, allow_inf_nan=False)]


def _within_the_data_folder(given: str) -> str:
    """Return the path as it is given.

    Raises:
        ValueError: it is empty, leads out of the data folder or is that folder itself, starts
            with `~`, or holds a character that no path may.
    """
    parts = PurePosixPath(given).parts
    if not parts or given.startswith(("/", "~")) or ".." in parts or not given.isprintable():
        raise ValueError(
            "must be the path of a folder or a tar below the data folder, as in `pets` or "
            f"`pets/small.tar`: relative, without `..`, `~` or control characters, got {given!r}; "
            "name another data folder with --data-folder or GLOROT_SWEEP_DATA, or write "
            "{path: ...} for images anywhere"
        )
    return given


class ImageRules(Section):
    """How images of any kind become a data set; see `PreparedFolder` for each rule."""

    resize: tuple[Side, Side] | None = Field(
        default=None, json_schema_extra={"constraint": f"one or two from 1 to {LARGEST_SIDE}"}
    )
    crop: Literal["center", "none"] | None = None
    color: Literal["rgb", "grey"] | None = None
    test_share: Share | None = None
    validation_share: Share | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 0

    @field_validator("resize", mode="before")
    @classmethod
    def _square(cls, value: Any) -> Any:
        if type(value) is int:  # a mistake is told once, not of height and of width
            if value < 1:
                raise PydanticKnownError("greater_than_equal", {"ge": 1})
            if value > LARGEST_SIDE:
                raise PydanticKnownError("less_than_equal", {"le": LARGEST_SIDE})
            return value, value
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _crop_is_for_a_size(self) -> Self:
        if self.crop is not None and self.resize is None:
            raise ValueError(f"crop {self.crop} says how resize cuts; give resize too")
        return self

    @model_validator(mode="after")
    def _something_is_left_to_train_on(self) -> Self:
        test, validation = self.shares
        if round(test + validation, 9) > MOST_DRAWN:
            raise ValueError(
                f"test_share and validation_share together may be at most {MOST_DRAWN}, so that "
                f"images are left to train on, got {test} and {validation}"
            )
        return self

    @property
    def shares(self) -> tuple[float, float]:
        """Of test and validation images, as they are drawn where no folder has them.

        What is left out is its default, or what the other one leaves if that is less.
        """
        test, validation = self.test_share, self.validation_share
        if test is None:
            test = min(TEST_SHARE, _left_beside(validation))
        if validation is None:
            validation = min(VALIDATION_SHARE, _left_beside(test))
        return test, validation

    @property
    def is_cut(self) -> bool:
        """Whether the middle of an image is taken, instead of all of it."""
        return self.resize is not None and self.crop != "none"


def _left_beside(share: float | None) -> float:
    return MOST_DRAWN if share is None else round(MOST_DRAWN - share, 9)


class PreparedFolder(ImageRules):
    """Images anywhere, and how they are [prepared](data-sets.md#images-of-your-own).

    Attributes:
        resize: the side of the square that every image becomes, or its height and width; left
            out: all images have one size already.
        crop: what `resize` does first: `center` cuts the largest middle part of the wanted shape,
            `none` takes all and stretches it; left out: `center`.
        color: which every image becomes; left out: all are of one kind already.
        test_share: share of each class that is drawn for the test, 0.2 if left out; only for
            images without a folder `test/`.
        validation_share: likewise for validation, 0.1 if left out.
        seed: of both draws.
        path: of a folder of class folders, a tar of one, or a file that `glorot-sweep prepare` has
            written; a relative one counts from the sweep file's folder. Left out: the data set's
            name. It is no part of the sweep's identity, the content is.
    """

    path: str | None = Field(default=None, min_length=1)

    @field_validator("path")
    @classmethod
    def _printable(cls, path: str | None) -> str | None:
        if path is not None and not path.isprintable():
            raise ValueError(f"must be a path without control characters, got {path!r}")
        return path

    @field_serializer("path")
    def _nowhere(self, _: str | None) -> None:
        """Leave the place out of what is stored: the same images elsewhere are the same."""
        return

    @property
    def rules(self) -> ImageRules:
        """All but where the images lie."""
        return ImageRules(**{name: getattr(self, name) for name in ImageRules.model_fields})


def _form(value: Any) -> str:
    return MAPPING if isinstance(value, Mapping | PreparedFolder) else TEXT


ImageFolder = Annotated[
    Annotated[str, AfterValidator(_within_the_data_folder), Tag(TEXT)]
    | Annotated[PreparedFolder, Tag(MAPPING)],
    Discriminator(_form),
]


def placed(folders: Mapping[str, ImageFolder], beside: Path) -> dict[str, ImageFolder]:
    """Return the same, each path of a mapping counted from a folder.

    Args:
        folders: by the names of the data sets.
        beside: the sweep file's folder.

    Example:
        >>> found = placed({"pets": PreparedFolder(resize=(8, 8)), "mine": "mine"}, Path("/home/a"))
        >>> found["pets"].path, found["mine"]
        ('/home/a/pets', 'mine')
    """
    return {
        name: folder
        if isinstance(folder, str)
        else folder.model_copy(update={"path": _place(name, folder, beside)})
        for name, folder in folders.items()
    }


def _place(name: str, folder: PreparedFolder, beside: Path) -> str:
    path = Path(folder.path or name)
    return str(path if str(path).startswith("~") else lasting(beside / path))
