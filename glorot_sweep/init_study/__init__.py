"""Networks as they start, before any training: figures 5 to 8 and claims 1 to 12."""
