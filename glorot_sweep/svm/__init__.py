"""The support vector machine that networks are compared with: tune, fit, run."""
