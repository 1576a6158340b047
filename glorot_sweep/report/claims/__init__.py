"""The 45 claims of the paper: each measured on the runs there are, and judged at its scale.

Source of all of them: Glorot and Bengio (2010), "Understanding the difficulty of training deep
feedforward neural networks", AISTATS. Equations are numbered as there; (6), (7) and (13) are
meant with their misprints corrected.
"""

from glorot_sweep.report.claims.catalog import CLAIMS
from glorot_sweep.report.claims.claim import Claim, Needs
from glorot_sweep.report.claims.verdict import Finding, Verdict, judge, judge_all

__all__ = ["CLAIMS", "Claim", "Finding", "Needs", "Verdict", "judge", "judge_all"]
