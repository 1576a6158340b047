"""Sweeps side by side: their cells, what differs between them, whether they agree to the bit."""
