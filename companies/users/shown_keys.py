"""Keys that shall not be kept: gone when they were seen, or when nobody asked for them in time."""

from datetime import datetime, timedelta

from companies.models import CompanyUser

WAITS = timedelta(days=1)  # for whoever had the user made


def forget_unseen(before: datetime) -> int:
    """Forget keys that were made before this moment, are not to be kept and were never shown; returns how many."""
    unseen = CompanyUser.objects.filter(keeps_key=False, key_made_at__lt=before, key_shown_at=None)
    return unseen.update(api_key="", key_made_at=None)
