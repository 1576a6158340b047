"""What can go wrong, and the exit code that the command line gives it."""

DONE = 0
FAILURE = 1
USER_MISTAKE = 2
SWEEP_IS_HELD = 3
CLAIM_CONTRADICTED = 4
SIGNAL_BASE = 128  # an exit caused by signal n is 128 + n: 130 after SIGINT, 143 after SIGTERM


class UserError(Exception):
    """A mistake of the user: shown as one message without a traceback, exit code 2.

    The message says what was wrong, the rule, the value received and what to do.
    """


def first_line(error: BaseException) -> str:
    r"""Return the first line of what an exception says; of one without words its type.

    Example:
        >>> first_line(ValueError("too long\nby far")), first_line(EOFError())
        ('too long', 'EOFError')
    """
    return (str(error) or type(error).__name__).splitlines()[0]


class SweepHeldError(Exception):
    """Another driver works on the same sweep: exit code 3. The message names that driver."""


class StopRequested(BaseException):
    """A signal asked the process to stop; like KeyboardInterrupt it is no `Exception`.

    Args:
        signum: number of the signal received.
    """

    def __init__(self, signum: int) -> None:
        super().__init__(f"stopped by signal {signum}")
        self.signum = signum

    @property
    def exit_code(self) -> int:
        """Exit code of the process: 128 + the signal's number."""
        return SIGNAL_BASE + self.signum


class ServiceLostError(Exception):
    """A server, a database or a disk has failed for longer than was waited: exit code 1.

    What was done is kept; the same command continues.
    """


class TooManyFailuresError(Exception):
    """More trials have failed for good than the sweep file allows: exit code 1."""
