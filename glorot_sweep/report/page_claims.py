"""The claims of a paper as the page has them: how many of each kind have which verdicts."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from glorot_sweep.report.claims.claim import Ground
from glorot_sweep.report.claims.verdict import Finding, Here, Verdict


def grounds(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return the findings of each kind that there are, with the kind's heading."""
    return [
        {"heading": ground.heading, "findings": of_it}
        for ground in Ground
        if (of_it := [finding for finding in findings if finding.ground == ground])
    ]


def counts(findings: Sequence[Finding]) -> list[tuple[str, list[int]]]:
    """Return (kind, numbers) of each kind: of each verdict on the paper, then of each here."""
    return [(one["heading"], _numbers(one["findings"])) for one in grounds(findings)]


def _numbers(findings: Sequence[Finding]) -> list[int]:
    verdicts = Counter(finding.verdict for finding in findings)
    here = Counter(finding.here for finding in findings)
    return [*(verdicts[one] for one in Verdict), *(here[one] for one in Here)]
