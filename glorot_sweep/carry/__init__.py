"""A sweep carried from one store to another: as one file with a digest, and back from it."""
