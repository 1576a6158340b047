"""Networks trained in lockstep: activations, initializations, stacked forward and backward."""
