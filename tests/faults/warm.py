"""Commands without the time of their imports: forked from a Python that has imported libraries.

Most of a short command's processor time goes into PyTorch, Lightning and MLflow. `Warm` starts a
process that has them, and nothing of glorot_sweep; for each command it forks one of its own, which
does from there on what `python -m glorot_sweep` does: its session, its signals, its end, its code.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import warnings

PROGRAM = "glorot_sweep"
LIBRARIES = (
    "pytorch_lightning", "torchmetrics.classification", "mlflow.pytorch", "pyarrow.parquet",
    "mlflow.store.tracking.sqlalchemy_store", "optuna.storages", "pandas", "scipy.stats",
    "matplotlib.backends.backend_svg", "jinja2", "typer", "rich.console", "yaml",
)  # fmt: skip
START = 300.0  # seconds for the imports on a machine that is busy
LARGEST = 1 << 17  # bytes of a request: arguments and environment


class Warm:
    """The process that forks; it ends when this one does."""

    def __init__(self):
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env={**os.environ, "OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        atexit.register(self._end)

    def start(self, arguments, cwd, environment):
        """Fork `python -m glorot_sweep ARGUMENTS`."""
        request = json.dumps({"arguments": arguments, "cwd": str(cwd), "environment": environment})
        assert len(request) < LARGEST, "what is longer would be cut off unseen"
        return Forked(self._requests, request.encode())

    def _end(self):
        self._requests.close()
        self._process.wait()


class Forked:
    """What `subprocess.Popen` has of a process whose output is read at its end."""

    def __init__(self, requests, request):
        self.returncode = None
        self._files = [os.memfd_create(name) for name in ("output", "errors")]
        self._said = None
        self._news, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(requests, [request], [*self._files, theirs.fileno()])
        self.pid = self._heard(START)

    def _heard(self, seconds):
        """The next number that the forking process says of this one."""
        self._news.settimeout(seconds)
        said = self._news.recv(64)
        assert said, "the process that forks has ended"
        return int(said)

    def poll(self):
        """Its code if it has ended, else None."""
        if self.returncode is None:
            with contextlib.suppress(BlockingIOError):
                self._hear_of_its_end(0)
        return self.returncode

    def wait(self, timeout=None):
        """Its code once it has ended."""
        if self.returncode is None:
            try:
                self._hear_of_its_end(timeout)
            except TimeoutError as error:
                raise subprocess.TimeoutExpired(PROGRAM, timeout) from error
        return self.returncode

    def _hear_of_its_end(self, seconds):
        self.returncode = os.waitstatus_to_exitcode(self._heard(seconds))
        self._news.close()

    def communicate(self, timeout=None):
        """Wait for its end; return what it wrote to standard output and standard error."""
        self.wait(timeout)
        if self._said is None:
            self._said = tuple(map(read_and_close, self._files))
        return self._said

    def send_signal(self, signum):
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def read_and_close(file):
    with open(file, "rb") as opened:
        opened.seek(0)
        return opened.read().decode()


def serve(requests):
    """Fork a process for each request; say its id, and its status once it has ended.

    Returns:
        In such a process: its standard output, its standard error, its request. Else None, as soon
        as nobody can ask for more.
    """
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()  # as the command does after its own imports
    signals, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector = selectors.DefaultSelector()
    for source in (requests, signals):
        selector.register(source, selectors.EVENT_READ)
    forked = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is signals:
                signals.recv(LARGEST)
                tell_ends(forked)
                continue
            request, files, *_ = socket.recv_fds(requests, LARGEST, 3)
            if not request:
                return None
            output, errors, news = files
            with warnings.catch_warnings(action="ignore"):  # of a library's thread
                pid = os.fork()
            forked[pid] = socket.socket(fileno=news)
            if not pid:
                signal.set_wakeup_fd(-1)
                for one in (selector, requests, signals, writer, *forked.values()):
                    one.close()
                return output, errors, json.loads(request)
            forked[pid].send(b"%d" % pid)
            os.close(output)
            os.close(errors)


def tell_ends(forked):
    """Say the status of each process that has ended."""
    while forked:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with forked.pop(pid) as news, contextlib.suppress(OSError):  # nobody may listen any more
            news.send(b"%d" % status)


def become(output, errors, request):
    """Be what `python -m glorot_sweep` is at its start, in a session of its own."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    for file, number in ((output, 1), (errors, 2)):
        os.dup2(file, number)
        os.close(file)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    path = os.environ.get("PYTHONPATH", "")
    sys.path[:0] = [request["cwd"], *filter(None, path.split(os.pathsep))]
    sys.argv = [PROGRAM, *request["arguments"]]
    sys.modules.pop("sitecustomize", None)
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module("sitecustomize")  # as each Python does before its program
    runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    if forked := serve(socket.socket(fileno=int(sys.argv[1]))):
        become(*forked)
