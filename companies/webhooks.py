"""
What AutoInvoice tells of companies: authorization and networks. Events may come doubled, late and out of order.

An event is written when it is newer than what we know. Where its time cannot decide, and for all that events do not
carry (addresses, error texts), the row is looked at by id a moment later.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, models
from companies.enums import ProfileStatus
from companies.models import Company, NetworkProfile
from companies.side_services import catalogue
from companies.side_services import mirror as service_mirror
from portal.sync import nudging
from portal.webhooks.registry import Event, Handled, Ignored, NotYet, Outcome, handles

_STATUSES = {
    "CREATED": ProfileStatus.PENDING,
    "ENABLED": ProfileStatus.ACTIVE,
    "DISABLED": ProfileStatus.DISABLED,
}
_AT_ONCE = timedelta(0)


@handles("COMPANIES.AUTHORIZATION.*")
def authorization_event(event: Event) -> Outcome:
    """Write whether the company may act now."""
    company = models.company_of(event.account, event.company_uuid)
    if company is None:
        return NotYet(_("The company is not known here yet."))
    company.account = event.account
    state = str(event.data.get("state") or event.action)
    mirrors.write_state(company, state, min(event.at, timezone.now()))
    mirrors.look_soon(company, after=_AT_ONCE)  # who signed, and the networks that AutoInvoice opens by itself
    return Handled()


@handles("NETWORKS.*")
def network_event(event: Event) -> Outcome:
    """Write how a registration stands; one that AutoInvoice opened by itself (BANK) appears here first."""
    company = models.company_of(event.account, event.company_uuid)
    if company is None:
        return NotYet(_("The company is not known here yet."))
    company.account = event.account
    status, remote_id = _STATUSES.get(event.action), str(event.data.get("id") or "")
    if status is None:
        return Ignored(_("The portal knows no such change of a network."))
    if not remote_id:
        mirrors.look_soon(company, after=_AT_ONCE)
        return Handled()
    network = str(event.data.get("network") or event.subject)
    profiles = [str(name) for name in event.data.get("profiles") or []]
    profile, is_new = _profile(event, company, remote_id, network, profiles)
    mirrors.write_profile_status(company, profile, status, min(event.at, timezone.now()), is_new=is_new)
    due = Q(next_check_at=None) | Q(next_check_at__gt=timezone.now())
    NetworkProfile.objects.filter(due, pk=profile.pk).update(next_check_at=timezone.now())
    nudging.look_at_once("companies.profiles", company.account_id)
    if network == catalogue.SCAN:  # the scan service is this registration, seen from another side
        service_mirror.look_soon(company, catalogue.SCAN)
    return Handled()


def _profile(
    event: Event, company: Company, remote_id: str, network: str, profiles: list[str]
) -> tuple[NetworkProfile, bool]:
    """Return the registration's row and whether it is new; a new one is older than any event."""
    new = {
        "network": network,
        "profiles": profiles,
        "status": ProfileStatus.PENDING,
        "fact_at": event.account.created_at,
    }
    return NetworkProfile.objects.get_or_create(
        account=event.account, company=company, remote_id=remote_id, defaults=new
    )
