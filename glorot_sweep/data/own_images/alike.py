"""Whether images are alike, or a rule makes them so."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.own_images.header import Color, Header
from glorot_sweep.errors import UserError

LISTED = 5  # sizes that a message has


def color_of(
    path: Path, rules: ImageRules, names: Sequence[str], headers: Sequence[Header]
) -> Color:
    """Return what all images are, or become.

    Raises:
        UserError: some are grey, some are not, and no rule says what they become.
    """
    if rules.color is not None:
        return rules.color
    counts = Counter(header.color for header in headers)
    if len(counts) > 1:
        rarest = min(counts, key=lambda color: (counts[color], color))
        example = next(
            name for name, header in zip(names, headers, strict=True) if header.color == rarest
        )
        raise UserError(
            f"{path}: {counts['rgb']:,} images are in colour and {counts['grey']:,} are grey, for "
            f"example {example}. Say what all become: color: rgb, or color: grey."
        )
    return headers[0].color


def refuse_sizes(
    path: Path, rules: ImageRules, names: Sequence[str], headers: Sequence[Header]
) -> None:
    """Refuse images of several sizes, unless a rule gives them one.

    Raises:
        UserError: counts them by size.
    """
    counts = Counter((header.width, header.height) for header in headers)
    if rules.resize is not None or len(counts) == 1:
        return
    most = counts.most_common()
    said = ", ".join(f"{count:,} of {width}x{height}" for (width, height), count in most[:LISTED])
    rest = sum(count for _, count in most[LISTED:])
    more = f", {rest:,} of {len(most) - LISTED:,} other sizes" if rest else ""
    rarest = most[-1][0]
    example = next(
        name
        for name, header in zip(names, headers, strict=True)
        if (header.width, header.height) == rarest
    )
    raise UserError(
        f"{path}: images have {len(most):,} sizes: {said}{more}, for example {example}. Say what "
        "all become, as in resize: 32."
    )
