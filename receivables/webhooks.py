"""What AutoInvoice tells of agencies: that a service was activated or rejected. The event's name is inferred."""

from django.utils.translation import gettext_lazy as _

from companies import models
from portal.webhooks.registry import Event, Handled, NotYet, Outcome, handles
from receivables.collection import service_mirror
from receivables.collection.agencies import AGENCIES


@handles("NETWORKS.RECEIVABLES.*")
def service_event(event: Event) -> Outcome:
    """Have the company's agencies looked at: the event does not say enough by itself."""
    company = models.company_of(event.account, event.company_uuid)
    if company is None:
        return NotYet(_("The company is not known here yet."))
    named = str(event.data.get("service") or "")
    service_mirror.look_soon(company, [named] if named in AGENCIES else ())
    return Handled()
