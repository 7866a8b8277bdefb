"""
Writing what AutoInvoice told us into the mirror rows: used by operations, webhooks and sync alike.

Each fact comes with the time it was true. An older one never overwrites a newer one; what follows from a fact (a
signature is settled, something that waited may go) and what became another (`companies.history`) is written here too,
in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from companies import dossier, facts, services
from companies.dossier import evidence
from companies.enums import AuthorizationState, AuthState
from companies.history import changes as history
from companies.history.changes import Change
from companies.models import Authorization, Company
from companies.networks.mirror import (
    FIRST_LOOK_AT_PROFILE,
    close_profile,
    write_profile_status,
    write_profiles,
    write_registrations,
)
from companies.users.mirror import write_user_removed, write_users
from portal.operations import causes
from portal.operations.models import Operation
from portal.sync import nudging
from portal.writing import create_many, update_many

__all__ = [
    "FIRST_LOOK_AT_COMPANY", "FIRST_LOOK_AT_PROFILE", "close_profile", "expire_authorizations", "look_soon",
    "write_profile_status", "write_profiles", "write_registrations", "write_requested", "write_requests",
    "write_settings", "write_state", "write_status", "write_statuses", "write_user_removed", "write_users",
    "write_vendor",
]  # fmt: skip

# Webhooks tell within seconds; looks are for those that never came, and must not eat the account's calls.
FIRST_LOOK_AT_COMPANY = timedelta(seconds=30)
_SETTINGS_NOT_KEPT = ("logos",)
_STATES = ("state", "state_at", "auth_state", "auth_email", "auth_at")
_REQUEST_COLUMNS = ("state", "ended_at", "on_desk")
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a look at one company by id, asked at `at`."""

    company: Company
    status: services.CompanyStatus
    at: datetime


def write_state(company: Company, state: str, at: datetime) -> bool:
    """Write whether a company may act; False: we knew something newer."""
    return bool(_write([_News(company, at, lambda: _state(company, state, at))], _STATES)[0])


def write_status(company: Company, status: services.CompanyStatus, at: datetime) -> bool:
    """Write the answer to a look by id, asked at `at`; False: nothing changed, or we knew something newer."""
    return bool(write_statuses([Told(company, status, at)]))


def write_statuses(told: Sequence[Told]) -> list[Company]:
    """Write the answers to looks at many companies; returns those that changed."""
    ours = {"checked_at": timezone.now()}
    news = [_News(answer.company, answer.at, partial(_status, answer), ours) for answer in told]
    befores = zip(news, _write(news, _STATES), strict=True)
    return [one.company for one, before in befores if any(_differs(one.company, name, before[name]) for name in before)]


def write_requested(told: Sequence[tuple[Company, str, datetime]]) -> None:
    """Write that invitations (company, e-mail, time) went out: the documented effect of a request that was taken."""
    news = [
        _News(company, at, partial(_auth, company, AuthState.SENT, email, at), {"auth_requested_at": at})
        for company, email, at in told
    ]
    _write(news, _STATES)


def write_vendor(company: Company, state: str, at: datetime) -> None:
    """Write the link between the company and our software."""

    def told() -> Columns:
        newer = company.vendor_at is None or company.vendor_at <= at
        return {"vendor_state": state, "vendor_at": at} if newer else {}

    _write([_News(company, at, told)], ("vendor_state", "vendor_at"))


def write_settings(company: Company, blocks: dict[str, dict[str, Any] | None], at: datetime) -> None:
    """Write settings blocks; pictures are not kept."""
    kept = {name: block for name, block in blocks.items() if name not in _SETTINGS_NOT_KEPT and block is not None}

    def told() -> Columns:
        newer = company.settings_at is None or company.settings_at <= at
        return {"settings": {**company.settings, **kept}, "settings_at": at} if newer else {}

    _write([_News(company, at, told)], ("settings", "settings_at"))


def _state(company: Company, state: str, at: datetime) -> Columns:
    newer = company.state_at is None or company.state_at < at or (company.state_at == at and company.state == state)
    return {"state": str(state), "state_at": at} if newer else {}


def _auth(company: Company, state: str, email: str, at: datetime) -> Columns:
    newer = company.auth_at is None or company.auth_at <= at
    return {"auth_state": str(state), "auth_email": email, "auth_at": at} if newer else {}


def _status(told: Told) -> Columns:
    auth = _auth(told.company, told.status.auth_state, told.status.auth_email or "", told.at)
    return {**_state(told.company, told.status.company_state, told.at), **auth}


def _differs(company: Company, name: str, before: Any) -> bool:
    return not name.endswith("_at") and getattr(company, name) != before


@dataclass(frozen=True, slots=True)
class _News:
    """What one company is told; `columns` gives what is new to the row as it is then, `ours` is written in any case."""

    company: Company
    at: datetime
    columns: Callable[[], Columns]
    ours: Columns = field(default_factory=dict)


def _write(news: Sequence[_News], facts_told: Sequence[str]) -> list[Columns]:
    """
    Write what companies are told, and what follows, with few statements; returns what each held before.

    :param facts_told: the columns that may be new
    """
    with transaction.atomic(savepoint=False):
        _hold([one.company for one in news], facts_told)
        befores = [_take(one) for one in news]
        update_many([one.company for one in news], (*facts_told, *(news[0].ours if news else ())))
        for one, before in zip(news, befores, strict=True):
            history.note(one.company, _changes(one.company, before), one.at)
        _follow([(one.company, one.at, before) for one, before in zip(news, befores, strict=True)])
    return befores


def _hold(companies: Sequence[Company], names: Sequence[str]) -> None:
    """Lock the rows until the transaction ends, and read the named columns as they are now."""
    rows = Company.objects.select_for_update().filter(pk__in=[company.pk for company in companies]).order_by("pk")
    now = {pk: values for pk, *values in rows.values_list("pk", *names)}
    for company in companies:
        for name, value in zip(names, now[company.pk], strict=True):
            setattr(company, name, value)


def _take(news: _News) -> Columns:
    """Set on the company what is new, and return what it held before."""
    told = news.columns()
    before = {name: getattr(news.company, name) for name in told}
    for name, value in {**told, **news.ours}.items():
        setattr(news.company, name, value)
    return before


def _follow(told: Sequence[tuple[Company, datetime, Columns]]) -> None:
    """See to what follows from news: requests are settled, and what waited for a fact may go."""
    usable = {company: at for company, at, before in told if "state" in before and company.is_usable}
    _settle_requests(usable, AuthorizationState.CONFIRMED)
    facts.announce_verified(*(company.uuid for company in usable))
    declined = {
        company: at
        for company, at, before in told
        if "auth_state" in before and company.auth_state == AuthState.CANCELED and not company.is_usable
    }
    _settle_requests(declined, AuthorizationState.DECLINED)


def _changes(company: Company, before: Columns) -> list[Change]:
    changes = []
    if "state" in before:
        changes.append(Change(history.STATE, before["state"] or None, company.state))
    if "auth_state" in before:
        was = _signing(before["auth_state"], before["auth_email"])
        changes.append(Change(history.AUTHORIZATION, was, _signing(company.auth_state, company.auth_email)))
    if "vendor_state" in before:
        changes.append(Change(history.VENDOR, before["vendor_state"] or None, company.vendor_state or None))
    if "settings" in before:
        changes += history.settings_changes(before["settings"], company.settings)
    return changes


def _signing(state: str, email: str) -> dict[str, str] | None:
    """Return an authorization as the history keeps it."""
    return {name: value for name, value in {"state": state, "email": email}.items() if value} or None


def write_requests(asked: Sequence[tuple[Authorization, Operation]]) -> None:
    """Write requests for authorization that AutoInvoice took, in place of open ones, and what proves them."""
    at_of = {request.company: request.requested_at for request, _operation in asked}
    earlier = _requests_of(at_of, Q(state=AuthorizationState.OPEN) | Q(on_desk=True))
    for request in earlier:
        request.on_desk = False
        if request.state == AuthorizationState.OPEN:
            _end(request, AuthorizationState.REPLACED, at_of[request.company])
    update_many(earlier, _REQUEST_COLUMNS)
    for request, _operation in asked:
        request.on_desk = not request.company.is_usable
    create_many([request for request, _operation in asked])
    dossier.add(
        evidence.of_request(request, operation, causes.current(str(request.company.uuid)))
        for request, operation in asked
    )


def expire_authorizations(company: Company, now: datetime) -> int:
    """End a request whose seven days are over, by our own clock."""
    over = _requests_of({company: now}, Q(state=AuthorizationState.OPEN, expires_at__lte=now))
    for request in over:
        _end(request, AuthorizationState.EXPIRED, now)
    update_many(over, _REQUEST_COLUMNS)
    return len(over)


def _settle_requests(at_of: Mapping[Company, datetime], state: AuthorizationState) -> None:
    """Settle the requests that facts are about: those that were sent before the fact was true."""
    if not at_of:
        return
    confirmed = state == AuthorizationState.CONFIRMED
    about = Q(state=AuthorizationState.OPEN) | (Q(on_desk=True) if confirmed else Q())
    found = [request for request in _requests_of(at_of, about) if request.requested_at <= at_of[request.company]]
    for request in found:
        at, is_open = at_of[request.company], request.state == AuthorizationState.OPEN
        if is_open:
            _end(request, AuthorizationState.EXPIRED if not confirmed and request.has_run_out(at) else state, at)
        elif request.state == AuthorizationState.EXPIRED:  # what ran out here was signed in time, and told late
            _end(request, state, at)
        request.on_desk = request.on_desk and not confirmed
    update_many(found, _REQUEST_COLUMNS)


def _requests_of(companies: Iterable[Company], about: Q) -> list[Authorization]:
    """Lock and return requests of companies, with the company objects that we hold."""
    held = {company.pk: company for company in companies}
    rows = Authorization.objects.select_for_update().filter(about, company__in=held).order_by("pk")
    requests = list(rows)
    for request in requests:
        request.company = held[request.company_id]
    return requests


def _end(request: Authorization, state: AuthorizationState, at: datetime) -> None:
    history.note(request.company, [Change(history.REQUEST, str(request.state), str(state))], at)
    request.state, request.ended_at = state, at


def look_soon(*companies: Company, after: timedelta = FIRST_LOOK_AT_COMPANY) -> None:
    """Have companies looked up by id in a moment; an earlier look that is planned already stays."""
    at = timezone.now() + after
    later = Q(next_check_at=None) | Q(next_check_at__gt=at)
    Company.objects.filter(later, pk__in=[company.pk for company in companies]).update(next_check_at=at)
    for account_id in {company.account_id for company in companies} if after <= timedelta(0) else ():
        nudging.look_at_once("companies.status", account_id)
