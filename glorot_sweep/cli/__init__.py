"""The command `glorot-sweep`: one thin file for each group of commands."""
