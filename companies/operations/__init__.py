"""The verbs of this app, one module a noun. Importing this package registers them all."""

from companies.operations import authorization, lifecycle, networks, profiles, refresh, registration, settings, users, vendors

__all__ = ["authorization", "lifecycle", "networks", "profiles", "refresh", "registration", "settings", "users", "vendors"]
