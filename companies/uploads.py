"""Onboarding files between their plan and the button: kept encrypted, and dropped when nobody pressed it."""

from datetime import datetime

from django.core.files.storage import default_storage

FOLDER = "onboarding"


def prune(before: datetime) -> int:
    """Delete the files that have waited since before this moment; returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    accounts, _files = default_storage.listdir(FOLDER)
    waiting = [
        f"{FOLDER}/{account}/{name}"
        for account in accounts
        for name in default_storage.listdir(f"{FOLDER}/{account}")[1]
    ]
    old = [path for path in waiting if default_storage.get_modified_time(path) < before]
    for path in old:
        default_storage.delete(path)
    return len(old)
