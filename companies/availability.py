"""Whether a business id can be registered: what our own rows say first, then AutoInvoice."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.business_ids import BusinessId
from companies.enums import OnboardingState
from companies.models import Company, Onboarding
from companies.services import PartnerLookupService
from portal import contract, maventa
from portal.partners import clients
from portal.partners.models import PartnerAccount


@dataclass(frozen=True, slots=True)
class Found:
    """An answer for staff. `blocks`: registering makes no sense."""

    tone: str  # good, warn, bad
    text: str | Promise
    blocks: bool = False
    company: Company | None = None
    is_held: bool = False  # by somebody else: it can be taken over


def of(account: PartnerAccount, business_id: BusinessId) -> Found:
    """Return whether the business id can be registered for this account; one look-up call at most."""
    return _known_here(account, business_id) or _asked(account, business_id)


def _known_here(account: PartnerAccount, business_id: BusinessId) -> Found | None:
    ours = Company.objects.filter(account=account).by_business_id(business_id.country, business_id.value).first()
    if ours:
        return Found("warn", _("This company is already yours."), blocks=True, company=ours)
    digest = Onboarding(account=account)
    digest.set_business_id(business_id.country, business_id.value)
    under_way = Onboarding.objects.filter(
        account=account,
        country=business_id.country,
        business_id_digest=digest.business_id_digest,
        state=OnboardingState.SUBMITTED,
    )
    if under_way.exists():
        return Found("warn", _("This company is being registered right now."), blocks=True)
    return None


def _asked(account: PartnerAccount, business_id: BusinessId) -> Found:
    service = PartnerLookupService(clients.for_account(account))
    try:
        answers = service.availability(business_id.country, [business_id.value])
    except maventa.MaventaError as error:
        return Found("warn", _("Whether it is free could not be checked: %(why)s") % {"why": error.staff_text})
    word = answers[0].company_status if answers else ""
    if word == "RESERVED":
        return Found(
            "bad",
            _(
                "Somebody has registered this business id at AutoInvoice already. Ask the customer which software "
                "it was opened with; then the account can be taken over."
            ),
            is_held=True,
        )
    if word != "FREE":
        return Found("warn", _("AutoInvoice answered with a word we do not know: %(word)s") % {"word": word or "–"})
    if not contract.networks()["business_identifiers"].get(business_id.country, {}).get("self_service"):
        return Found(
            "warn",
            _("The business id is free. Companies of this country need an agreement with AutoInvoice support first."),
        )
    return Found("good", _("The business id is right and free."))
