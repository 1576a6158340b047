"""Draw until every class is full: an image that cannot be read gives way to the next one."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from glorot_sweep.data.small_imagenet.chunk import Chunk, ChunkTask, make_chunk
from glorot_sweep.data.small_imagenet.draw import even_quotas
from glorot_sweep.data.small_imagenet.listing import listing
from glorot_sweep.data.small_imagenet.sources import Source
from glorot_sweep.data.small_imagenet.summary import check_enough
from glorot_sweep.data.small_imagenet.synset_draw import SynsetDraw
from glorot_sweep.data.small_imagenet.workers import Workers

CHUNK_IMAGES = 250

Draws = dict[str, list[SynsetDraw]]
"""The synsets of each class, sorted by name."""


def list_sources(
    wanted: Mapping[str, Sequence[Source]], work: Path, workers: Workers
) -> Iterator[SynsetDraw]:
    """List every source; yield them as they are done.

    Raises:
        UserError: a tar is not a tar, or a source cannot be read.
    """
    class_of = {source.wnid: name for name, sources in wanted.items() for source in sources}
    sources = [source for some in wanted.values() for source in some]
    for source, found in workers.run(partial(listing, work=work), sources):
        yield SynsetDraw(
            class_of[source.wnid], source, found.sha256, found.n_bytes, len(found.images)
        )


def fill(draws: Draws, per_class: int, seed: int, work: Path, workers: Workers) -> Iterator[Chunk]:
    """Read images until every class has `per_class` of them; yield chunks as they are done.

    In every round each class demands what it lacks, evenly over its synsets. A round is over
    before the next one is decided, so the outcome does not depend on which process is faster.

    Raises:
        UserError: a class has too few images.
    """
    while True:
        check_enough(draws, per_class)
        tasks = [
            task
            for of_class in draws.values()
            for task in _missing(of_class, per_class, seed, work)
        ]
        if not tasks:
            return
        by_wnid = {draw.source.wnid: draw for some in draws.values() for draw in some}
        for task, chunk in workers.run(make_chunk, tasks):
            by_wnid[task.source.wnid].chunks[task.first] = chunk
            yield chunk


def _missing(
    of_class: Sequence[SynsetDraw], per_class: int, seed: int, work: Path
) -> Iterator[ChunkTask]:
    available = {draw.source.wnid: draw.available for draw in of_class}
    quotas = even_quotas(available, per_class, seed)
    for draw in of_class:
        end = draw.tried + quotas[draw.source.wnid] - draw.used
        for first in range(draw.tried, end, CHUNK_IMAGES):
            stop = min(first + CHUNK_IMAGES, end)
            yield ChunkTask(draw.source, draw.sha256, first, stop, seed, work)
        draw.tried = end
