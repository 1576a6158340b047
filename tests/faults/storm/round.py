"""One round: a sweep, some faults after one another, and what must be true at the end."""

import contextlib
import io

from faults.mlflow_server import Server
from faults.storm.at_rest import AT_REST
from faults.storm.in_motion import IN_MOTION, ON_THE_WAY, TO_FILES
from faults.storm.proxy import Proxy
from faults.sweep_process import Sweep
from faults.wholeness import assert_whole

FAULTS = (2, 5)  # in a round
SERVED = 1 / 3  # of the rounds log through a server


class Round:
    """A sweep in a folder of its own, and what happens to it.

    Args:
        folder: holds everything.
        chance: decides what happens, and when.

    Attributes:
        story: what has happened, in words.
    """

    def __init__(self, folder, chance):
        self.chance, self.story = chance, []
        self.server = self.proxy = None
        if chance.random() < SERVED:
            self.server = Server(folder)
            self.server.start()
            self.proxy = Proxy(self.server.port, chance.random())
            self.sweep = Sweep(folder, self.proxy.uri, backend=self.server.backend)
        else:
            self.sweep = Sweep(folder)

    def run(self, undisturbed):
        """Break the sweep, let it end in peace, and check it."""
        kinds = [*IN_MOTION, *(ON_THE_WAY if self.server else (*TO_FILES, *AT_REST))]
        for _ in range(self.chance.randint(*FAULTS)):
            fault = self.chance.choice(kinds)
            self.story.append(f"{fault.__name__} (did not end well)")
            self.story[-1] = fault(self)
        self.sweep.finish()
        with contextlib.redirect_stdout(io.StringIO()):  # the sweep runs once more, in this process
            assert_whole(self.sweep, undisturbed)

    def end(self):
        """End whatever was started."""
        self.sweep.end_all()
        if self.server:
            self.proxy.close()
            self.server.kill()

    def let_end(self, process, codes):
        """Wait for a start's end: nothing that it says is a traceback."""
        shown, said = process.communicate(timeout=400)
        assert process.returncode in codes, (process.returncode, shown, said)
        assert "Traceback" not in shown + said, shown + said
