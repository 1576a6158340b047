"""What `glorot_sweep` makes public: sweeps, their frames and models, packs, data sets."""
