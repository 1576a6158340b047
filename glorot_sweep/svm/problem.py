"""The images of a support vector machine, and the memory that its kernel may take."""

from dataclasses import dataclass

import torch

from glorot_sweep.data.catalog import data_folder, load_dataset
from glorot_sweep.data.dataset import Examples, ImageDataset
from glorot_sweep.data.finite import FiniteDataset
from glorot_sweep.errors import UserError
from glorot_sweep.host.limits import memory_left
from glorot_sweep.svm.memory import (
    GIGABYTE,
    MORE_ASKED_FOR,
    MORE_LEFT,
    MemoryPlan,
    Size,
    plan_memory,
)
from glorot_sweep.svm.request import SvmRequest

MOST_SHAPES = 999_999  # see FINITE_SHAPESET


@dataclass(frozen=True)
class SvmProblem:
    """A request with its images.

    Attributes:
        dataset: of the training examples.
        train: the first examples of its training set.
        tuning: the first of those.
        memory: how the last fit is done.
    """

    dataset: ImageDataset
    train: Examples
    tuning: Examples
    memory: MemoryPlan


def prepare_svm(request: SvmRequest) -> SvmProblem:
    """Check a request and load its images.

    Raises:
        UserError: a number is out of range, the data set is unknown or has fewer examples, its
            files are missing, or memory does not suffice.
    """
    request.check_numbers()
    folder = data_folder(request.data_folder)
    dataset = load_dataset(request.dataset, folder)
    available, wanted = memory_left(), request.memory * GIGABYTE
    finite = isinstance(dataset, FiniteDataset)
    if not finite and request.dataset != "shapeset":
        raise UserError(
            f"an SVM needs a finite training set, and {request.dataset} has none; use shapeset, "
            "or a data set of images"
        )
    largest = len(dataset.train) if isinstance(dataset, FiniteDataset) else MOST_SHAPES
    tuning = min(request.tuning_examples, request.examples)
    fixed = max(len(dataset.validation), len(dataset.test))
    size = Size(request.examples, tuning, fixed, dataset.n_inputs)
    remedy = MORE_LEFT if available < wanted else MORE_ASKED_FOR
    plan = plan_memory(size, int(min(wanted, available)), largest, remedy)
    if request.examples > largest:
        raise UserError(
            f"{request.dataset} has {largest:,} training examples, not {request.examples:,}; "
            f"lower --examples"
        )
    if not isinstance(dataset, FiniteDataset):
        dataset = load_dataset(f"shapeset_finite_{request.examples}", folder)
    assert isinstance(dataset, FiniteDataset)
    train = _first(dataset.train, request.examples)
    problem = SvmProblem(dataset, train, _first(train, tuning), plan)
    _check_classes(problem.tuning)
    return problem


def _check_classes(tuning: Examples) -> None:
    classes = len(torch.unique(tuning.labels))
    if classes < 2:
        raise UserError(
            f"an SVM tells classes apart, and the first {len(tuning)} training examples are of "
            f"{classes}; raise --examples or --tuning-examples"
        )


def _first(examples: Examples, count: int) -> Examples:
    return Examples(examples.images[:count], examples.labels[:count])
