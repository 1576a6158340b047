"""From specifications to results, whatever happens on the way: packs, workers, recovery."""
