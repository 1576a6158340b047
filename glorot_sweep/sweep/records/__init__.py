"""What a sweep leaves in MLflow: opening, recording, reconciling of runs."""
