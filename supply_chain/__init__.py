"""What the packages are that glorot_sweep stands on: hashes, SBOM, licences, advisories."""
