"""One's own photographs, made into what a registered model takes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from glorot_sweep.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image


def prepare_image(image: "str | Path | Image", like: Any) -> "NDArray[np.uint8]":
    """Prepare a photograph as the training images of a model were.

    Turned, cut, coloured and resized by the same rules it is, to the last bit, what it would have
    been among them; another version of the decoder (Pillow) may give other pixels for a JPEG.

    Args:
        image: the path of its file, or an image of Pillow's.
        like: the model, as `Sweep.model` or `mlflow.pyfunc.load_model` returns it. It was trained
            on images of one's own that were prepared.

    Returns:
        uint8 [1, height, width, channels], which `like.predict` takes.

    Raises:
        UserError: the image cannot be read or does not fit, or the model does not say how its
            images were prepared.
    """
    from PIL.Image import Image  # noqa: PLC0415

    from glorot_sweep.data.own_images.photograph import photograph  # noqa: PLC0415
    from glorot_sweep.tracking.image_model import PREPARATION  # noqa: PLC0415

    told = getattr(getattr(like, "metadata", None), "metadata", None) or {}
    if PREPARATION not in told:
        raise UserError(
            "like must be a registered model whose metadata has a 'preparation', as those of "
            f"image_folders with {{path: ...}} have, got {type(like).__name__} without. Give other "
            "models arrays of the shape in their signature."
        )
    if not isinstance(image, str | Path | Image):
        raise UserError(
            "image must be the path of a file or an image of Pillow's, got "
            f"{type(image).__name__}; PIL.Image.fromarray makes one of an array."
        )
    shape = (told["height"], told["width"], told["channels"])
    return photograph(image, told[PREPARATION], shape)[None]
