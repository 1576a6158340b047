"""The sweep: asks, packs, trains, prunes, tells, retrains the winners."""
