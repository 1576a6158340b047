"""`python -m glorot_sweep` is the command `glorot-sweep`."""

from glorot_sweep.cli.start import main

if __name__ == "__main__":
    main()
