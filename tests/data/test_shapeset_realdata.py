"""Our images against 2,000 made with the authors' own program.

All p-values together may fail by chance with probability 0.01 for images that are equally
distributed: eleven p-values, each held against 0.01 / 11. Two classifiers are held to 3.3 standard
deviations each. Seeds are fixed, so nothing is flaky.
"""

import itertools
import math
import pathlib
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.spatial import ConvexHull
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import cross_val_score

from glorot_sweep.data.polygon_raster import fill_polygons
from glorot_sweep.data.shapeset import CLASS_PROBABILITIES, generate

pytestmark = pytest.mark.realdata

LEVEL = 0.01 / 11
N_OURS = 20_000
SINGLE = 3  # classes 0 ... 2 hold one object


@dataclass
class Sample:
    """Images [n, 32, 32] with what can be read off them."""

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        self.background = self.images[:, 0, 0]  # the border is never painted
        self.object = self.images != self.background[:, None, None]
        self.area = self.object.sum((1, 2))
        self.levels = [
            np.unique(image[mask], return_counts=True)
            for image, mask in zip(self.images, self.object, strict=True)
        ]

    def foregrounds(self, bright: bool) -> np.ndarray:
        """Return all foreground levels of the images whose objects are bright, or dark."""
        chosen = (self.background < 128) == bright
        return np.concatenate([self.levels[k][0] for k in np.flatnonzero(chosen)])

    def visible_share(self) -> np.ndarray:
        """Return the smaller visible area over the larger, for every image of two levels."""
        return np.array([min(c) / max(c) for _, c in self.levels if len(c) == 2])


@pytest.fixture(scope="module")
def theirs(realdata: pathlib.Path) -> Sample:
    path = realdata / "shapeset" / "authors_sample_2000.npz"
    if not path.is_file():
        pytest.skip(f"no sample of the authors' program: {path.name} is not in {path.parent}")
    with np.load(path) as archive:
        return Sample(archive["images"], archive["labels"].astype(int))


@pytest.fixture(scope="module")
def ours() -> Sample:
    images, labels = generate("train", 2010, 0, N_OURS)
    return Sample(images.view(-1, 32, 32).numpy(), labels.numpy())


def assert_alike(a: np.ndarray, b: np.ndarray) -> None:
    result = stats.ks_2samp(a, b)  # conservative for ties
    assert result.pvalue > LEVEL, result


def test_class_frequencies(theirs: Sample) -> None:
    counts = np.bincount(theirs.labels, minlength=9)
    expected = np.array(CLASS_PROBABILITIES) * counts.sum()
    assert stats.chisquare(counts, expected).pvalue > LEVEL


def test_background_side(theirs: Sample) -> None:
    dark = int((theirs.background < 128).sum())
    assert stats.binomtest(dark, len(theirs.labels)).pvalue > LEVEL


@pytest.mark.parametrize("bright", [False, True])
def test_background_levels(ours: Sample, theirs: Sample, bright: bool) -> None:
    a, b = (s.background[(s.background >= 128) == bright] for s in (ours, theirs))
    assert a.min() <= b.min() <= b.max() <= a.max()
    assert_alike(a, b)


@pytest.mark.parametrize("bright", [False, True])
def test_foreground_levels(ours: Sample, theirs: Sample, bright: bool) -> None:
    a, b = (s.foregrounds(bright) for s in (ours, theirs))
    assert a.min() <= b.min() <= b.max() <= a.max()
    assert_alike(a, b)


@pytest.mark.parametrize("kind", range(SINGLE))
def test_areas_of_single_objects(ours: Sample, theirs: Sample, kind: int) -> None:
    assert_alike(ours.area[ours.labels == kind], theirs.area[theirs.labels == kind])


def test_areas_of_pairs(ours: Sample, theirs: Sample) -> None:
    assert_alike(ours.area[ours.labels >= SINGLE], theirs.area[theirs.labels >= SINGLE])


def test_visible_shares_of_pairs(ours: Sample, theirs: Sample) -> None:
    assert_alike(ours.visible_share(), theirs.visible_share())


def test_every_pixel_of_their_triangles_follows_our_drawing_rule(theirs: Sample) -> None:
    """Some three corners of the hull of each of their triangles give its pixels exactly."""
    for mask in theirs.object[theirs.labels == 0][:100]:
        pixels = np.argwhere(mask)
        hull = pixels[ConvexHull(pixels).vertices]
        corners = torch.tensor(np.array(list(itertools.combinations(hull.tolist(), 3))))
        drawn = fill_polygons(corners[:, :, 1].T, corners[:, :, 0].T, 32).numpy() > 0
        assert (drawn == mask).all((1, 2)).any()


def features(sample: Sample) -> np.ndarray:
    """Return label, levels, sizes, extents, outline lengths and moments of each image."""
    mask = sample.object
    rows, columns = mask.any(2), mask.any(1)
    place = np.arange(32)
    weight = mask / sample.area[:, None, None]
    mean_row, mean_column = weight.sum(2) @ place, weight.sum(1) @ place
    edges = [np.abs(np.diff(mask.astype(int), axis=axis)).sum((1, 2)) for axis in (1, 2)]
    counts = [sorted(c)[-2:] for _, c in sample.levels]
    return np.column_stack(
        [
            sample.labels,
            sample.background,
            [int(v[0]) for v, _ in sample.levels],
            [int(v[-1]) for v, _ in sample.levels],
            [c[0] for c in counts],
            [c[-1] for c in counts],
            sample.area,
            *(f(1) for used in (rows, columns) for f in (used.argmax, used.sum)),
            *edges,
            mean_row,
            mean_column,
            weight.sum(2) @ place**2 - mean_row**2,
            weight.sum(1) @ place**2 - mean_column**2,
        ]
    )


def raw_pixels(sample: Sample) -> np.ndarray:
    return sample.images.reshape(len(sample.images), -1)


@pytest.mark.parametrize("view", [features, raw_pixels])
def test_a_classifier_cannot_tell_them_apart(ours: Sample, theirs: Sample, view) -> None:
    """Held-out accuracy stays below one half plus 3.3 standard deviations of a fair coin."""
    n = len(theirs.labels)
    same_number = Sample(ours.images[:n], ours.labels[:n])
    x = np.concatenate([view(same_number), view(theirs)])
    y = np.repeat([0, 1], n)
    classifier = (
        HistGradientBoostingClassifier(max_iter=60, random_state=0)
        if view is features
        else RandomForestClassifier(60, random_state=0)
    )
    shuffled = np.random.default_rng(0).permutation(2 * n)
    accuracy = cross_val_score(classifier, x[shuffled], y[shuffled], cv=5).mean()
    assert accuracy < 0.5 + 3.3 * math.sqrt(0.25 / (2 * n)), accuracy
