"""Whose move it is: the companies that stand still, the oldest first, from indexed queries only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import USABLE_STATES, AuthorizationState, Mover, OnboardingState, Problem, ProfileStatus
from companies.models import Authorization, Case, Company, NetworkProfile, Onboarding
from companies.networks import conflicts
from companies.remedies import BID_TAKEN
from portal.operations.handlers import Text
from portal.partners.models import PartnerAccount


@dataclass(frozen=True, slots=True)
class StandStill:
    """One company that waits for somebody."""

    what: Text
    whose: Mover
    since: datetime
    tone: str  # warn, bad
    action: Text
    company: Company | None = None
    onboarding: Onboarding | None = None

    @property
    def title(self) -> str:
        return str(self.company or self.onboarding)


def waiting(accounts: Sequence[PartnerAccount]) -> QuerySet[Authorization]:
    """Requests that can still be signed."""
    return Authorization.objects.filter(
        account__in=accounts, state=AuthorizationState.OPEN, expires_at__gt=timezone.now()
    )


def expired(accounts: Sequence[PartnerAccount]) -> QuerySet[Authorization]:
    """Requests whose seven days are over, of companies that are still not verified and were not asked anew."""
    over = Q(state=AuthorizationState.EXPIRED) | Q(state=AuthorizationState.OPEN, expires_at__lte=timezone.now())
    return _unanswered(Authorization.objects.filter(over, account__in=accounts))


def declined(accounts: Sequence[PartnerAccount]) -> QuerySet[Authorization]:
    """Requests that the signer declined, of companies that were not asked anew."""
    return _unanswered(Authorization.objects.filter(account__in=accounts, state=AuthorizationState.DECLINED))


def _unanswered(requests: QuerySet[Authorization]) -> QuerySet[Authorization]:
    newer = Authorization.objects.filter(company=OuterRef("company"), requested_at__gt=OuterRef("requested_at"))
    return requests.exclude(company__state__in=USABLE_STATES).filter(~Exists(newer))


def refused(accounts: Sequence[PartnerAccount]) -> QuerySet[Onboarding]:
    """Companies that AutoInvoice did not register."""
    return Onboarding.objects.filter(account__in=accounts, state=OnboardingState.REFUSED)


def failed_networks(accounts: Sequence[PartnerAccount]) -> QuerySet[NetworkProfile]:
    """Registrations that a network refused."""
    return NetworkProfile.objects.filter(account__in=accounts, status=ProfileStatus.ERROR)


def _without_case(profiles: QuerySet[NetworkProfile]) -> QuerySet[NetworkProfile]:
    """Leave out what stands among the cases already."""
    known = Case.objects.open().filter(kind=conflicts.KIND, company__isnull=False)
    return profiles.exclude(company__in=known.values("company"))


def stand_stills(accounts: Sequence[PartnerAccount], most: int) -> list[StandStill]:
    """Return at most `most` companies that wait for somebody, the longest waiting first."""
    found = [
        *map(_expired, expired(accounts).select_related("company").order_by("expires_at")[:most]),
        *map(_declined, declined(accounts).select_related("company").order_by("ended_at")[:most]),
        *map(_refused, refused(accounts).order_by("submitted_at")[:most]),
        *map(_failed, _without_case(failed_networks(accounts)).select_related("company").order_by("fact_at")[:most]),
        *map(_waiting, waiting(accounts).select_related("company").order_by("expires_at")[:most]),
    ]
    return sorted(found, key=lambda row: row.since)[:most]


def _expired(request: Authorization) -> StandStill:
    since = request.expires_at or request.requested_at
    return StandStill(_("Signature expired"), Mover.STAFF, since, "bad", _("Send a new request"), request.company)


def _declined(request: Authorization) -> StandStill:
    since = request.ended_at or request.requested_at
    return StandStill(
        _("Signer declined"), Mover.CUSTOMER, since, "bad", _("Ask why, send a new request"), request.company
    )


def _refused(row: Onboarding) -> StandStill:
    since = row.submitted_at or row.created_at
    if row.problem_code == BID_TAKEN:
        what, whose, action = _("Business id taken"), Mover.SUPPORT, _("Ask for a change of holder")
    else:
        what, whose, action = _("Registration refused"), Mover.STAFF, _("Correct and submit again")
    return StandStill(what, whose, since, "bad", action, onboarding=row)


def _failed(profile: NetworkProfile) -> StandStill:
    what = _("%(network)s: registration failed") % {"network": profile.network}
    return StandStill(what, Mover.STAFF, profile.fact_at, "bad", _("See the cause"), profile.company)


def _waiting(request: Authorization) -> StandStill:
    if request.problem == Problem.BOUNCED:
        since, action = request.problem_at or request.requested_at, _("Ask for a working address, reissue")
        return StandStill(_("Our reminder bounced"), Mover.STAFF, since, "bad", action, request.company)
    if request.problem == Problem.WRONG_PERSON:
        since, action = request.problem_at or request.requested_at, _("Reissue to the right person")
        return StandStill(_("Wrong person asked to sign"), Mover.STAFF, since, "bad", action, request.company)
    what = _("Waiting for signature")
    return StandStill(what, Mover.SIGNER, request.requested_at, "warn", _("Remind the signer"), request.company)
