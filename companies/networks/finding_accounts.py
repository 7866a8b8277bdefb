"""Finding the AutoInvoice id of an account that somebody else holds: the receiver look-up often tells it."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from companies import business_ids, clients, services
from companies.business_ids import BusinessId
from companies.networks import catalogue
from portal import maventa
from portal.operations.handlers import Text
from portal.partners.models import PartnerAccount


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """What the look-up brought; without an id the text says why."""

    text: Text
    uuid: UUID | None = None
    name: str = ""


def by_business_id(account: PartnerAccount, business_id: BusinessId) -> FoundAccount:
    """Return the account that receives under a business id; one look-up call."""
    service = services.LookupService(clients.for_partner(account))
    try:
        receivers = service.receivers(
            [catalogue.VISMA, catalogue.PEPPOL], bid=business_id.value, country=business_id.country
        )
    except maventa.MaventaError as error:
        return FoundAccount(_("It could not be looked up: %(why)s") % {"why": error.staff_text})
    for receiver in receivers:
        holder = receiver.participant
        uuid = _uuid(holder.id) if holder else None
        if holder and uuid and business_ids.same(business_id.country, holder.bid or "", business_id.value):
            text = _("Found among the receivers: %(name)s. Compare the name before you go on.") % {"name": holder.name}
            return FoundAccount(text, uuid, holder.name or "")
    return FoundAccount(
        _("The receiver look-up knows no account of this business id. Ask the customer for its AutoInvoice id.")
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
