"""What variants are made of, by name: activations, initializations, costs, step rules."""
