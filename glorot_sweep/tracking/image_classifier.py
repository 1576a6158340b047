"""What a registered model does: images in; the name of a class, and probabilities, out.

A copy of this file lies in every model that a sweep registers, beside its network, and is executed
from there: whoever loads the model needs MLflow and PyTorch, not this package.
"""

from pathlib import Path
from typing import Any

import mlflow.pytorch
import numpy as np
import pandas as pd
import torch
from mlflow.exceptions import MlflowException
from mlflow.models import Model, set_model
from mlflow.pyfunc.model import PythonModel
from numpy.typing import NDArray

LARGEST = 255  # of a grey level
AT_ONCE = 1024  # images in memory as floats


class ImageClassifier(PythonModel):
    """A network with the shape of its images and the names of its classes.

    Attributes:
        network: from float32 grey levels [n, height, width, channels] to probabilities
            [n, classes].
        shape: height, width and channels.
        class_names: one for each class.
        columns: of an answer: that of the name, then one for each class.
    """

    network: Any
    shape: tuple[int, int, int]
    class_names: list[str]
    columns: list[str]

    def load_context(self, context: Any) -> None:
        """Read what lies beside this file."""
        folder = str(Path(__file__).parent)
        self.network = mlflow.pytorch.load_model(folder)
        told = Model.load(folder)
        metadata: dict[str, Any] = told.metadata or {}
        height, width, channels = (metadata[key] for key in ("height", "width", "channels"))
        self.shape = (height, width, channels)
        self.class_names = metadata["class_names"]
        self.columns = told.signature.outputs.input_names()

    def predict(
        self, context: Any, model_input: np.ndarray, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Classify images.

        Args:
            context: unused.
            model_input: see `grey_levels`.
            params: unused.

        Returns:
            A row for each image: `label`, the name of its likeliest class, then a column
            `probability_<class>` for each class.
        """
        images = grey_levels(model_input, self.shape)
        answers = np.empty((len(images), len(self.class_names)), np.float32)
        for start in range(0, len(images), AT_ONCE):
            part = torch.from_numpy(images[start : start + AT_ONCE].astype(np.float32))
            with torch.no_grad():
                answers[start : start + AT_ONCE] = self.network(part).numpy()
        label, *probabilities = self.columns
        frame = pd.DataFrame(answers, columns=probabilities)
        frame.insert(0, label, [self.class_names[index] for index in answers.argmax(1)])
        return frame


def grey_levels(given: Any, shape: tuple[int, int, int]) -> NDArray[Any]:
    """Return images as [n, height, width, channels].

    Args:
        given: numbers in 0..255 of any integer or float type, as an array, nested lists, a tensor
            or a table: [n, height, width, channels], for grey [n, height, width] too, or flat
            [n, height * width * channels] in that same order of rows, columns and channels.
        shape: height, width and channels.

    Raises:
        MlflowException: they are of another shape or type, or not grey levels in 0..255. Floats
            that are all in 0..1 are refused: they look like images that were divided by 255.
    """
    values = _numbers(given, shape)
    if values.shape[1:] not in _accepted(shape):
        raise _refused(shape, f"got an array of shape {values.shape}{_hint(values.shape, shape)}")
    _refuse_other_scales(values, shape)
    return values.reshape(-1, *shape)


def _accepted(shape: tuple[int, int, int]) -> set[tuple[int, ...]]:
    """Return the shapes that one image may have."""
    height, width, channels = shape
    return {shape, (height * width * channels,)} | ({(height, width)} if channels == 1 else set())


def _numbers(given: Any, shape: tuple[int, int, int]) -> NDArray[Any]:
    try:
        values = np.asarray(_cells(given))
    except ValueError as error:
        reason = str(error).rstrip(".")
        raise _refused(shape, f"got what is no array of numbers: {reason}") from None
    if values.dtype.kind not in "iuf":
        raise _refused(shape, f"got values of type {values.dtype}")
    return values


def _cells(given: Any) -> Any:
    """Return a table's values; where it has one column of whole images, these."""
    if not isinstance(given, pd.DataFrame):
        return given
    if given.shape[1] == 1 and given.dtypes.iloc[0].kind == "O":
        return given.iloc[:, 0].tolist()
    return given.to_numpy()


def _hint(found: tuple[int, ...], shape: tuple[int, int, int]) -> str:
    """Return what a wrong shape looks like, and the way out of it."""
    height, width, channels = shape
    if found[1:] == (channels, height, width):
        return ", channels first: images.transpose(0, 2, 3, 1) puts them last"
    if found in _accepted(shape):
        return ", one image alone: images[None] makes a batch of it"
    return ""


def _refuse_other_scales(values: NDArray[Any], shape: tuple[int, int, int]) -> None:
    if values.size == 0:
        return
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= LARGEST):  # NaN too
        raise _refused(shape, f"got values from {low} to {high}")
    if values.dtype.kind == "f" and 0 < high <= 1:
        raise _refused(
            shape,
            f"got floats from {low} to {high}, which look like grey levels divided by 255: multiply"
            " by 255, or give integers if these are grey levels",
        )


def _refused(shape: tuple[int, int, int], reason: str) -> MlflowException:
    height, width, channels = shape
    grey = ", [n, height, width]" if channels == 1 else ""
    refused: MlflowException = MlflowException.invalid_parameter_value(
        f"This model takes grey levels 0..255 of images [n, height, width, channels]{grey} or flat "
        f"[n, height * width * channels], with height {height}, width {width}, channels "
        f"{channels}; {reason}."
    )
    return refused


set_model(ImageClassifier())
