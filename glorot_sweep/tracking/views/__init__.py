"""Saved views: what a person sees first of a sweep in MLflow's user interface."""
