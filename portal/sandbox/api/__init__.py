"""Handlers of the simulated operations, one module a resource. Every module here is imported at start."""
