"""What the portal knows already about some hundreds of onboardings, read with a handful of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, prefetch_related_objects

from companies.enums import OnboardingState, ProfileStatus
from companies.models import Authorization, Company, Onboarding
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount

# One that the network refused has to be closed by a person before it is joined anew.
_JOINED = (ProfileStatus.ACTIVE, ProfileStatus.PENDING, ProfileStatus.ERROR)
_IN_PLACE = (OnboardingState.SUBMITTED, OnboardingState.REGISTERED)
Identity = tuple[str, str]  # country, digest of the business id
UnderWay = tuple[str, str]  # kind, network or ""


@dataclass(slots=True)
class Known:
    companies: dict[Identity, Company] = field(default_factory=dict)
    onboardings: dict[Identity, Onboarding] = field(default_factory=dict)  # submitted or registered
    refused: dict[Identity, Onboarding] = field(default_factory=dict)  # the latest that AutoInvoice did not register
    authorizations: dict[int, Authorization] = field(default_factory=dict)  # the latest of each company
    networks: dict[int, set[str]] = field(default_factory=dict)  # joined or tried, by company
    by_onboarding: dict[int, set[UnderWay]] = field(default_factory=dict)
    by_company: dict[UUID, set[UnderWay]] = field(default_factory=dict)

    def company_of(self, onboarding: Onboarding) -> Company | None:
        """Return the account's company with this business id."""
        # Asked by id first: the relation's own way to say "none" is ten times as long, and rows come by thousands.
        own = None if onboarding.company_id is None else onboarding.company
        return own or self.companies.get(identity(onboarding))

    def twin_of(self, onboarding: Onboarding) -> Onboarding | None:
        """Return another onboarding that brought the same company in."""
        twin = self.onboardings.get(identity(onboarding))
        return None if twin is None or twin.pk == onboarding.pk else twin

    def authorization_of(self, company: Company | None) -> Authorization | None:
        return None if company is None else self.authorizations.get(company.pk)

    def networks_of(self, company: Company | None) -> set[str]:
        """Return the networks that the company has a registration in, be it one that failed."""
        return set() if company is None else self.networks.get(company.pk, set())

    def under_way(self, onboarding: Onboarding) -> set[UnderWay]:
        """Return what is queued, sent, waiting or being looked up for the onboarding or its company."""
        company = self.company_of(onboarding)
        theirs = self.by_company.get(company.uuid, set()) if company else set()
        return theirs | self.by_onboarding.get(onboarding.pk or 0, set())


def identity(row: Onboarding | Company) -> Identity:
    return row.country, row.business_id_digest


def load(account: PartnerAccount, onboardings: Sequence[Onboarding]) -> Known:
    """Read what is known about these onboardings; those that are not saved yet are looked up by business id."""
    digests = {onboarding.business_id_digest for onboarding in onboardings} - {""}
    here = Known()
    for company in Company.objects.filter(account=account, business_id_digest__in=digests).order_by("-pk"):
        here.companies[identity(company)] = company
    states = (*_IN_PLACE, OnboardingState.REFUSED)
    stored = Onboarding.objects.filter(account=account, business_id_digest__in=digests, state__in=states)
    for onboarding in stored.select_related("company").order_by("pk"):
        place = here.refused if onboarding.state == OnboardingState.REFUSED else here.onboardings
        place[identity(onboarding)] = onboarding
    rows = (*onboardings, *here.onboardings.values())
    companies = [*here.companies.values(), *(row.company for row in rows if row.company_id and row.company)]
    _load_companies(here, account, companies)
    ids = {row.pk for row in rows if row.pk}
    _load_operations(here, account, ids, {company.uuid for company in companies})
    return here


def _load_companies(here: Known, account: PartnerAccount, companies: Sequence[Company]) -> None:
    """Read requests and registrations of all companies at once; policies find them in hand afterwards."""
    prefetch_related_objects(companies, "profiles", "authorizations")
    for company in companies:
        company.account = account
        for authorization in sorted(company.authorizations.all(), key=lambda row: (row.requested_at, row.pk)):
            here.authorizations[company.pk] = authorization
        joined = {profile.network for profile in company.profiles.all() if profile.status in _JOINED}
        here.networks[company.pk] = joined


def _load_operations(here: Known, account: PartnerAccount, ids: Iterable[int], uuids: Iterable[UUID]) -> None:
    theirs = Q(onboarding_id__in=list(ids)) | Q(company_uuid__in=list(uuids))
    operations = Operation.objects.open().filter(theirs, account=account, kind__startswith="companies.")
    for kind, parameters, onboarding_id, uuid in operations.values_list(
        "kind", "parameters", "onboarding_id", "company_uuid"
    ):
        entry = (kind, str(parameters.get("network", "")))
        if onboarding_id is not None:
            here.by_onboarding.setdefault(onboarding_id, set()).add(entry)
        if uuid is not None:
            here.by_company.setdefault(uuid, set()).add(entry)
