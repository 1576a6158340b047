"""Other people's work on the same cores: processes that do nothing but use up time."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

BURN = "print('burning', flush=True)\nwhile True: pass"
SETTLING_SECONDS = 0.2  # until the system has found each process its place


@contextlib.contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """Keep so many processes busy, each with one thread, wherever the system puts them."""
    processes = [
        subprocess.Popen([sys.executable, "-c", BURN], stdout=subprocess.PIPE) for _ in range(count)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        time.sleep(SETTLING_SECONDS)
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()
