"""Staying in step without being told: the nightly list of companies, and looks by id at what is under way."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, facts, known, mirrors, services
from companies.enums import USABLE_STATES, AuthState, OnboardingState, ProfileStatus
from companies.models import Company, NetworkProfile, Onboarding
from companies.operations.authorization import VALID
from companies.operations.refresh import Refresh
from portal import maventa
from portal.operations import queueing
from portal.partners.models import PartnerAccount
from portal.sync import cursors, paces, reconciling, registry
from portal.sync.feeds import Feed, Look, Page, Place, Watch, Window
from portal.sync.models import Cursor
from portal.sync.upsert import Written

_PAGE = 500  # the list comes whole; it is written in pieces
_VERIFIED_PACE = timedelta(days=30)
_IDLE_PACE = timedelta(days=7)
_WEBHOOKS_HAVE = timedelta(hours=1)  # to tell of what AutoInvoice does by itself after an authorization


class Listed(msgspec.Struct, frozen=True):
    country: str
    company: services.ListedCompany


@registry.register
class CompanyList(Feed[Listed]):
    """All companies of the account's user: id, name and business id; asked by country, which the list does not tell."""

    name = "companies.list"
    label = _("List of companies")
    every = slowest = timedelta(days=1)
    model = Company
    key = ("account", "uuid")
    columns = ("name", "country", "business_id", "business_id_digest", "business_id_secret")
    fact_at = "listed_at"

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[Listed]]:
        done = int(position.get("countries", 0))
        for number, country in enumerate(business_ids.COUNTRIES[done:], start=done + 1):
            companies = services.CompanyService(client).listed(country=country)
            items = [Listed(country, company) for company in companies]
            for start in range(0, len(items), _PAGE):
                last = start + _PAGE >= len(items)
                yield Page(items[start : start + _PAGE], {"countries": number if last else number - 1})

    def rows(self, place: Place, items: list[Listed], read_at: datetime) -> Iterable[Company]:
        for item in items:
            if item.company.id == place.account.company_uuid:
                continue  # the partner itself is nobody's customer
            row = Company(
                account=place.account,
                uuid=item.company.id,
                name=item.company.name or "",
                country=item.country,
                listed_at=read_at,
                next_check_at=read_at,  # of new rows only: their state is not in the list
            )
            row.set_business_id(item.country, item.company.bid or "")
            yield row

    def finished(self, place: Place, window: Window) -> None:
        """Have companies that are new here compared from now on, the first time in the coming night."""
        followed = Cursor.objects.filter(source=reconciling.NAME, account=place.account, company_uuid=OuterRef("uuid"))
        new = Company.objects.filter(~Exists(followed), account=place.account)
        cursors.follow(reconciling.NAME, place.account, new.values_list("uuid", flat=True), reconciling.next_night(1))

    def written(self, place: Place, written: Written) -> None:
        """Give new companies to the onboardings that were waiting for them: a registration whose answer never came."""
        new = Company.objects.filter(pk__in=written.inserted)
        waiting = Onboarding.objects.filter(account=place.account, state=OnboardingState.SUBMITTED, company=None)
        wanted = waiting.filter(business_id_digest__in=new.values("business_id_digest"))
        companies = {known.identity(company): company for company in new} if wanted.exists() else {}
        for onboarding in wanted:
            onboarding.company = companies.get(known.identity(onboarding))
            if onboarding.company is not None:
                onboarding.state = OnboardingState.REGISTERED
                onboarding.save(update_fields=["company", "state", "updated_at"])
                facts.announce_registered(onboarding)


@registry.register
class CompanyWatch(Watch[Company, services.CompanyStatus]):
    """Signatures that are open, companies new to us, and what a webhook left in doubt."""

    name = "companies.status"
    label = _("Authorization of companies")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[Company]:
        due = Company.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.order_by("next_check_at")[:limit])

    def company_of(self, row: Company) -> UUID | None:
        return None  # one token serves them all

    def look(self, client: maventa.Client, row: Company) -> services.CompanyStatus:
        return services.AuthorizationService(client).status(row.uuid)

    def write(self, account: PartnerAccount, looks: list[Look[Company, services.CompanyStatus]]) -> int:
        changed = 0
        settled = [look.row for look in looks if _is_settled(look.row)]  # as they were before this look
        for look in looks:
            look.row.account = account
            news = mirrors.write_status(look.row, look.seen, look.at)
            ended = mirrors.expire_authorizations(look.row, timezone.now())
            changed += bool(news or ended)
        rows = [queueing.Row(row, {}, company_uuid=row.uuid) for row in settled]
        queueing.queue_many(Refresh.kind, rows, account=account)
        return changed

    def next_check(self, look: Look[Company, services.CompanyStatus]) -> datetime | None:
        status, row = look.seen, look.row
        if status.company_state in USABLE_STATES:
            return timezone.now() + (_WEBHOOKS_HAVE if row.vendor_at is None else _VERIFIED_PACE)
        if status.auth_state in (AuthState.SENT, AuthState.PENDING, AuthState.SIGNED):
            born = row.auth_requested_at or look.at
            return paces.by_age(born, shortest=mirrors.FIRST_LOOK_AT_COMPANY, longest=_open_pace(born))
        return paces.by_age(row.created_at, shortest=mirrors.FIRST_LOOK_AT_COMPANY, longest=_IDLE_PACE)

    def failed(self, account: PartnerAccount, row: Company, error: maventa.MaventaError) -> None:
        Company.objects.filter(pk=row.pk).update(checked_at=timezone.now())


def _is_settled(company: Company) -> bool:
    """Tell whether a verified company's webhooks have had time: one may have been lost, so all of it is looked up."""
    now = timezone.now()
    if not company.is_usable or company.state_at is None or company.state_at > now - _WEBHOOKS_HAVE:
        return False
    return company.vendor_at is None or company.vendor_at <= now - _VERIFIED_PACE / 2


def _open_pace(requested_at: datetime) -> timedelta:
    """Return the longest pause between looks at a request: an hour while it can be signed, then ever longer."""
    return timedelta(hours=1) if timezone.now() - requested_at < VALID else _IDLE_PACE


@registry.register
class ProfileWatch(Watch[NetworkProfile, services.Profile]):
    """Registrations that are pending, or of which an event told only the name."""

    name = "companies.profiles"
    label = _("Network registrations under way")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[NetworkProfile]:
        due = NetworkProfile.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: NetworkProfile) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: NetworkProfile) -> services.Profile:
        try:
            return services.NetworkService(client).get(row.remote_id)
        except maventa.RejectedError as error:
            if error.status == 404:  # closed, or refused for good
                return services.Profile(id=row.remote_id, status=ProfileStatus.DISABLED, network=row.network)
            raise

    def write(self, account: PartnerAccount, looks: list[Look[NetworkProfile, services.Profile]]) -> int:
        changed = 0
        for look in looks:
            company = look.row.company
            company.account = account
            if look.seen.status == ProfileStatus.DISABLED:
                changed += mirrors.close_profile(company, look.row.remote_id, look.at)
            else:
                changed += bool(mirrors.write_profiles(company, [look.seen], look.at, whole=False))
        return changed

    def next_check(self, look: Look[NetworkProfile, services.Profile]) -> datetime | None:
        if look.seen.status != ProfileStatus.PENDING:
            return None
        return paces.by_age(look.row.created_at, shortest=mirrors.FIRST_LOOK_AT_PROFILE)

    def pause_after_error(self, row: NetworkProfile) -> timedelta:
        """Return a short one for a young registration that is waited for: the company's other networks wait for it."""
        if row.status != ProfileStatus.PENDING:
            return self.after_error
        first = mirrors.FIRST_LOOK_AT_PROFILE
        return paces.by_age(row.created_at, shortest=first, longest=self.after_error) - timezone.now()
