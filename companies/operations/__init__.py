"""The verbs of this app, one module a noun. Importing this package registers them all."""

from companies.operations import (
    authorization,
    holders,
    lifecycle,
    networks,
    profiles,
    refresh,
    registration,
    settings,
    users,
    vendors,
)

__all__ = [
    "authorization",
    "holders",
    "lifecycle",
    "networks",
    "profiles",
    "refresh",
    "registration",
    "settings",
    "users",
    "vendors",
]
