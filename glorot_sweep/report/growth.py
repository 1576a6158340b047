"""How a sweep has grown, and what that means for its p-values, in words."""

from glorot_sweep.config.sweep import SweepConfig
from glorot_sweep.report.collect import Collected
from glorot_sweep.tracking.schema.growths import Seen, StoredGrowth

SEEN = {
    Seen.NOTHING: "before it had ended for the first time",
    Seen.ALL: "after it had ended, so that its results could be seen",
    Seen.REPORTED: "after a report or a comparison had shown its results",
}
UNCORRECTED = (
    "No p-value and no interval here is corrected for that look: whoever lets a sweep grow until a "
    "difference shows will find one more often than the level says."
)


def growth_sentences(collected: Collected) -> list[str]:
    """Return a sentence for each growth of a sweep, and one on the looks between them."""
    growths = collected.sweep.grown
    sentences = [_sentence(number, growth) for number, growth in enumerate(growths, start=1)]
    looked = any(growth.seen is not Seen.NOTHING for growth in growths)
    if looked and not allows_for_looks(collected.config):
        sentences.append(UNCORRECTED)
    return sentences


def allows_for_looks(config: SweepConfig) -> bool:
    """Return whether a sweep has spent its level over looks that were named beforehand.

    A growth changes none of them; see `sweep.records.growth`.
    """
    return config.replicates.until_decided is not None


def _sentence(number: int, growth: StoredGrowth) -> str:
    return (
        f"Growth {number} of this sweep, on {growth.time}, {SEEN[growth.seen]}: "
        f"{'; '.join(growth.lines)}."
    )
