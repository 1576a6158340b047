"""At which scale the paper says what it says: the smallest runs that may decide a claim."""

from dataclasses import replace
from typing import Final

from glorot_sweep.report.claims.claim import Needs, Scale

SCALES: Final = (
    Scale("I", "At initialization, or by arithmetic", "at initialization"),
    Scale("S", "Short training: 20,000 updates", "after 20,000 updates"),
    Scale("F", "Full training: 5 million updates", "after 5 million"),
)

FULL_UPDATES: Final = 5_000_000

AT_START: Final = Needs("I", depth=5, width=1000)
SHORT: Final = Needs("S", depth=5, width=1000, updates=20_000, seeds=3)
FULL: Final = Needs("F", depth=5, width=1000, updates=FULL_UPDATES, seeds=3)
OWN_LENGTH: Final = replace(FULL, updates=None)  # of runs on 100,000 examples, C40
