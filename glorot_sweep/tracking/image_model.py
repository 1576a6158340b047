"""A network as a model of MLflow's: what it takes and gives is in signature, metadata and tags."""

import json
import logging
import platform
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow.pytorch
import numpy as np
import torch
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec
from numpy.typing import NDArray

from glorot_sweep.markdown import as_text

CODE = "image_classifier.py"  # beside this file, and in a model
LOADER = "mlflow.pyfunc.loaders.code_model"  # executes it
PIXEL_ORDER = "rows from the top, in a row columns from the left, of a pixel all channels"
SCALE = "grey levels 0..255, of any integer or float type"
NEEDED = ("mlflow", "numpy", "pandas", "torch")
MLMODEL = "MLmodel"
PREPARATION = "preparation"  # key of the metadata
CHANNELS = {1: "grey", 3: "red, green, blue"}
MOST_NAMED = 20  # classes in a text; a description ends at 5,000 characters


@dataclass(frozen=True)
class ImageModel:
    """A network that is to be stored.

    Attributes:
        network: from float32 grey levels [n, height, width, channels] to probabilities
            [n, classes].
        examples: uint8 [n, height, width, channels] with n >= 2; a batch of one would be exported
            as fixed.
        class_names: one for each class.
        preparation: how photographs become such images, as plain data; empty: nothing is known.
    """

    network: torch.nn.Module
    examples: NDArray[np.uint8]
    class_names: tuple[str, ...]
    preparation: Mapping[str, Any] = field(default_factory=dict)

    def in_words(self) -> str:
        """Return what the model takes and gives, for people, as Markdown."""
        _, height, width, channels = self.examples.shape
        planes = CHANNELS.get(channels, f"{channels} channels")
        names = ", ".join(map(as_text, self.class_names[:MOST_NAMED]))
        rest = len(self.class_names) - MOST_NAMED
        more = f" and {rest} more, all in its metadata" if rest > 0 else ""
        return (
            f"Takes images uint8 [n, {height}, {width}, {channels}] ({PIXEL_ORDER}: {planes}) or "
            f"flat [n, {height * width * channels}] in that order; {SCALE}. Gives `label` and a "
            f"probability for each class: {names}{more}."
        )

    def metadata(self) -> dict[str, Any]:
        """Return what the model says of its images and answers, for programs."""
        _, height, width, channels = self.examples.shape
        return {
            "class_names": list(self.class_names),
            "height": height,
            "width": width,
            "channels": channels,
            "pixel_order": PIXEL_ORDER,
            "scale": SCALE,
            **({PREPARATION: dict(self.preparation)} if self.preparation else {}),
        }

    def signature(self) -> ModelSignature:
        """Return the signature, which says what is best given and does not refuse the rest.

        MLflow would refuse every other shape and type than the one that it shows; here the model
        itself looks at what it is given, for which MLflow has a mark.
        """
        columns = [f"probability_{name}" for name in self.class_names]
        outputs: list[ColSpec | TensorSpec] = [ColSpec("string", "label")]
        outputs += [ColSpec("float", column) for column in columns]
        images = TensorSpec(np.dtype(np.uint8), (-1, *self.examples.shape[1:]))
        signature = ModelSignature(Schema([images]), Schema(outputs))
        signature._is_signature_from_type_hint = True
        return signature

    def save(self, folder: Path) -> None:
        """Write the model's files into a folder that is made.

        It has two flavors: `python_function`, which takes images of any type and names classes,
        and `pytorch`, the network alone.
        """
        model = Model(metadata=self.metadata())
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the export: torch's own deprecations
            mlflow.pytorch.save_model(
                self.network.eval(),
                folder,
                mlflow_model=model,
                signature=_of_network(self.examples),
                input_example=self.examples.astype(np.float32),
                pip_requirements=[f"{name}=={_public(name)}" for name in NEEDED],
            )
        model.signature = self.signature()
        shutil.copyfile(Path(__file__).with_name(CODE), folder / CODE)
        model.add_flavor(
            "python_function",
            loader_module=LOADER,
            model_code_path=CODE,
            python_version=platform.python_version(),
            env=model.flavors["python_function"]["env"],
        )
        model.save(str(folder / MLMODEL))


def _of_network(examples: NDArray[np.uint8]) -> ModelSignature:
    """Return the signature by which the network is exported: any number of images."""
    return ModelSignature(Schema([TensorSpec(np.dtype(np.float32), (-1, *examples.shape[1:]))]))


def _public(name: str) -> str:
    """Return the version of a library without what its builder has added."""
    return version(name).partition("+")[0]


def tags_of_files(folder: Path, longest: int) -> dict[str, str]:
    """Return what a model's files say of it as tags; of an earlier version's there are none.

    Args:
        folder: with the model's files.
        longest: value that a tag may have; what is longer stands in the model's metadata alone.
    """
    metadata: Mapping[str, Any] = Model.load(str(folder / MLMODEL)).metadata or {}
    tags = {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in metadata.items()
    }
    return {key: value for key, value in tags.items() if len(value) <= longest}
