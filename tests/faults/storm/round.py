"""One round: a sweep, some faults after one another, and what must be true at the end."""

import contextlib
import io
import itertools
import shutil

from faults.leavings import contents, files_beside
from faults.mlflow_server import Server
from faults.storm.at_rest import AT_REST, ON_A_SERVER
from faults.storm.disk import Disk
from faults.storm.in_motion import ENDED, FAILED, IN_MOTION, ON_A_DISK, ON_THE_WAY, TO_FILES
from faults.storm.proxy import Proxy
from faults.sweep_process import Sweep
from faults.wholeness import assert_whole

FAULTS = (2, 5)  # in a round
SERVED = 1 / 3  # of the rounds log through a server
OURS = {"hurry", "served", "server.log"}  # what the round itself makes beside a sweep


class Round:
    """A sweep in a folder of its own, and what happens to it.

    Args:
        folder: holds everything.
        chance: decides what happens, and when.
        length: seconds that an undisturbed sweep takes here: faults come within that time.

    Attributes:
        story: what has happened, in words.
        harmed: names of runs that lack an artifact that no table is made from.
        left_behind: folders that the sweep was copied from, and what they held then.
    """

    def __init__(self, folder, chance, length):
        self.chance, self.length, self.story = chance, length, []
        self.harmed, self.left_behind = set(), {}
        self.server = self.proxy = None
        self.disk, self._numbers = Disk(folder / "disk"), itertools.count()
        home = self.new_folder()
        home.mkdir()
        if chance.random() < SERVED:
            self.server = Server(home)
            self.server.start()
            self.proxy = Proxy(self.server.port, chance.random())
            self.sweep = Sweep(home, self.proxy.uri, backend=self.server.backend, cold=True)
        else:
            self.sweep = Sweep(home, cold=True)

    @property
    def kinds(self):
        """The faults that can be here."""
        if self.server:
            return [*IN_MOTION, *ON_THE_WAY, *ON_A_SERVER]
        return [*IN_MOTION, *TO_FILES, *AT_REST, *(ON_A_DISK if self.disk.is_small else ())]

    def moment(self):
        """Return how many seconds after a start a fault comes."""
        return self.chance.uniform(0, self.length)

    def new_folder(self):
        """Return a folder on the disk that is not there yet; its name asks for quoting."""
        return self.disk.folder / f"home {next(self._numbers)}"

    def run(self, undisturbed, undisturbed_files):
        """Break the sweep, let it end in peace, and check it."""
        for _ in range(self.chance.randint(*FAULTS)):
            fault = self.chance.choice(self.kinds)
            self.story.append(f"{fault.__name__} (did not end well)")
            self.story[-1] = fault(self)
        for _ in self.harmed:  # where weights were to be registered, the next start makes the run
            self.let_end(self.sweep.start(), {ENDED, FAILED})
        self.sweep.finish()
        with contextlib.redirect_stdout(io.StringIO()):  # the sweep runs once more, in this process
            assert_whole(self.sweep, undisturbed, self.harmed)
        assert files_beside(self.sweep) <= undisturbed_files | OURS, files_beside(self.sweep)
        for folder, before in self.left_behind.items():
            assert contents(folder) == before, f"{folder} has changed after it was copied"

    def end(self, keep=None):
        """End whatever was started, and keep everything in a folder if one is named."""
        self.sweep.end_all()
        if self.server:
            self.proxy.close()
            self.server.kill()
        if keep is not None and self.disk.is_small:
            shutil.copytree(self.disk.folder, keep)
        self.disk.close()

    def let_end(self, process, codes):
        """Wait for a start's end: nothing that it says is a traceback."""
        shown, said = process.communicate(timeout=400)
        assert process.returncode in codes, (process.returncode, shown, said)
        assert "Traceback" not in shown + said, shown + said
