"""The process and the machine it runs on: signals, folders, locks, which code this is."""
