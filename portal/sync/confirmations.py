"""
Since when what is stored is known to be true, for rows that a list has confirmed without writing them.

A feed that finds a row as it is stored writes nothing. That it looked is in the row of its run: whoever hears of a fact
that is older than the look asks here before it overwrites a row whose own time is older still.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from portal.sync.models import RunState, SyncRun


def confirmed_at(source: str, account_id: int, company_uuid: UUID | None, moment: datetime) -> datetime | None:
    """
    Return when a feed last began a look at all that has the moment in its window; None: no such look is on record.

    :param moment: what the feed's window goes by, such as when an invoice was created
    """
    looks = SyncRun.objects.filter(account=account_id, source=source, company_uuid=company_uuid)
    around = Q(since=None) | Q(since__lte=moment)
    whole = looks.filter(around, state=RunState.DONE, is_whole=True, until__gte=moment).order_by("-id")
    return whole.values_list("started_at", flat=True).first()
