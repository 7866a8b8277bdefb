"""What `manage.py status` says of deliveries."""

from typing import Any

from portal import status
from portal.partners.models import PartnerAccountQuerySet
from portal.webhooks.models import Delivery


def section(accounts: PartnerAccountQuerySet) -> dict[str, Any]:
    """Return {"by_state": {state: n}}."""
    return {"by_state": status.counts(Delivery.objects.filter(account__in=accounts), "state")}
