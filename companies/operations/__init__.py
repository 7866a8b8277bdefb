"""The verbs of this app, one module a noun. Importing this package registers them all."""

from companies.operations import (
    authorization,
    bulk,
    holders,
    lifecycle,
    networks,
    profiles,
    refresh,
    registration,
    reminders,
    settings,
    users,
    vendors,
)

__all__ = [
    "authorization",
    "bulk",
    "holders",
    "lifecycle",
    "networks",
    "profiles",
    "refresh",
    "registration",
    "reminders",
    "settings",
    "users",
    "vendors",
]
