"""Where the process of the command `glorot-sweep` begins: able to be stopped from then on.

Little is imported before: a signal that comes before Python can be told what to do with it ends in
a traceback.
"""

import os
import signal
import sys
from types import FrameType

from glorot_sweep.errors import SIGNAL_BASE

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = "interrupted"  # what Ctrl-C is answered with where nothing is to be continued
STANDARD_ERROR = 2


def main() -> None:
    """Load the command line and run it."""
    heard = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {signum: signal.signal(signum, _end) for signum in heard}
    try:
        from glorot_sweep.cli.app import main as run  # noqa: PLC0415

        for signum, answer in before.items():
            signal.signal(signum, answer)
        run()
    except KeyboardInterrupt:  # between two of those steps, or where `run` does not expect it
        print(INTERRUPTED, file=sys.stderr)
        sys.exit(SIGNAL_BASE + signal.SIGINT)


def _end(signum: int, _frame: FrameType | None) -> None:
    """End here, in the middle of an import: nothing has begun that could be lost."""
    said = INTERRUPTED if signum == signal.SIGINT else f"stopped by signal {signum}"
    try:
        os.write(STANDARD_ERROR, f"{said}\n".encode())
    finally:  # also where there is nobody to read it
        os._exit(SIGNAL_BASE + signum)
