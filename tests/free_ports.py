"""Ports for servers that tests start."""

import random
import socket

# Below those that Linux gives to outgoing connections, and above those of Ray's workers: a server
# that is stopped and started again finds its port free, whatever else the machine does meanwhile.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on; each process draws its own."""
    while True:
        port = random.SystemRandom().randrange(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
