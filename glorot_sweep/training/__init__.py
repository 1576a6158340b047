"""Training a pack: `fit_pack(spec, ...)` and what it is made of. Knows nothing of sweeps."""
