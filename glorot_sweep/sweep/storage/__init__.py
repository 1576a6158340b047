"""Where Optuna keeps the studies: opening, patience with it, locks."""
