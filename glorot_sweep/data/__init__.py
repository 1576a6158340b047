"""Data sets: Shapeset's endless stream, MNIST, and the chunks that a pack is fed with."""
