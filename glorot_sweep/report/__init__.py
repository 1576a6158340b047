"""The report job: reads the tracking server, and nothing else."""
