"""The control API under /_sandbox/: what demo, tests and training do to the simulated world."""
