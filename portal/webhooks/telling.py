"""Which delivery told of something, for whoever finds that it is not here as it should be."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.webhooks.models import Delivery


def latest(
    account_id: int, company: UUID | None, events: Sequence[str], *, subject: str = "", since: datetime | None = None
) -> int | None:
    """
    Return the newest delivery of one of the events; None: none came.

    :param subject: remote id of what it has to be about
    :param since: received not before
    """
    rows = Delivery.objects.filter(account=account_id, company_uuid=company, event__in=events)
    if subject:
        rows = rows.filter(subject=subject)
    if since is not None:
        rows = rows.filter(received_at__gte=since)
    return rows.order_by("-id").values_list("pk", flat=True).first()
