"""
Writing what AutoInvoice told us into the mirror rows: used by operations, webhooks and sync alike.

Each fact comes with the time it was true. An older one never overwrites a newer one; what follows from a fact (a
signature is settled, something that waited may go) and what became another (`companies.history`) is written here too,
in the caller's transaction.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from companies import dossier, facts, history, services
from companies.dossier import evidence
from companies.enums import AuthorizationState, AuthState
from companies.history import Change
from companies.models import Authorization, Company
from companies.profile_mirrors import FIRST_LOOK_AT_PROFILE, close_profile, write_profile_status, write_profiles
from companies.user_mirrors import write_user_removed, write_users
from portal.operations import causes
from portal.operations.models import Operation

__all__ = [
    "FIRST_LOOK_AT_COMPANY", "FIRST_LOOK_AT_PROFILE", "close_profile", "expire_authorizations", "look_soon",
    "write_profile_status", "write_profiles", "write_request", "write_requested", "write_settings", "write_state",
    "write_status", "write_user_removed", "write_users", "write_vendor",
]  # fmt: skip

# Webhooks tell within seconds; looks are for those that never came, and must not eat the account's calls.
FIRST_LOOK_AT_COMPANY = timedelta(seconds=30)
_SETTINGS_NOT_KEPT = ("logos",)
_FACTS = (
    "state", "state_at", "auth_state", "auth_email", "auth_at", "vendor_state", "vendor_at", "settings", "settings_at",
)  # fmt: skip
Columns = dict[str, Any]


def write_state(company: Company, state: str, at: datetime) -> bool:
    """Write whether a company may act; False: we knew something newer."""
    return bool(_write(company, lambda: _state(company, state, at), at))


def write_status(company: Company, status: services.CompanyStatus, at: datetime) -> bool:
    """Write the answer to a look by id, asked at `at`; False: nothing changed, or we knew something newer."""

    def told() -> Columns:
        auth = _auth(company, status.auth_state, status.auth_email or "", at)
        return {**_state(company, status.company_state, at), **auth}

    before = _write(company, told, at, checked_at=timezone.now())
    return any(getattr(company, name) != value for name, value in before.items() if not name.endswith("_at"))


def write_requested(company: Company, email: str, at: datetime) -> None:
    """Write that an invitation went out: the documented effect of a request that was taken at `at`."""
    _write(company, lambda: _auth(company, AuthState.SENT, email, at), at, auth_requested_at=at)


def write_vendor(company: Company, state: str, at: datetime) -> None:
    """Write the link between the company and our software."""

    def told() -> Columns:
        newer = company.vendor_at is None or company.vendor_at <= at
        return {"vendor_state": state, "vendor_at": at} if newer else {}

    _write(company, told, at)


def write_settings(company: Company, blocks: dict[str, dict[str, Any] | None], at: datetime) -> None:
    """Write settings blocks; pictures are not kept."""
    kept = {name: block for name, block in blocks.items() if name not in _SETTINGS_NOT_KEPT and block is not None}

    def told() -> Columns:
        newer = company.settings_at is None or company.settings_at <= at
        return {"settings": {**company.settings, **kept}, "settings_at": at} if newer else {}

    _write(company, told, at)


def _state(company: Company, state: str, at: datetime) -> Columns:
    newer = company.state_at is None or company.state_at < at or (company.state_at == at and company.state == state)
    return {"state": str(state), "state_at": at} if newer else {}


def _auth(company: Company, state: str, email: str, at: datetime) -> Columns:
    newer = company.auth_at is None or company.auth_at <= at
    return {"auth_state": str(state), "auth_email": email, "auth_at": at} if newer else {}


def _write(company: Company, told: Callable[[], Columns], at: datetime, **ours: Any) -> Columns:
    """
    Write the columns that `told` gives for the company as we hold it, and what follows; returns what they held before.

    :param ours: columns that are no remote facts and are written in any case
    """
    with transaction.atomic(savepoint=False):
        before = _store(company, told, ours)
        history.note(company, _changes(company, before), at)
        if "state" in before and company.is_usable:
            _end_authorizations(company, AuthorizationState.CONFIRMED, at)
            facts.announce_verified(company.uuid)
        elif "auth_state" in before and company.auth_state == AuthState.CANCELED and not company.is_usable:
            _end_authorizations(company, AuthorizationState.DECLINED, at)
        return before


def _store(company: Company, told: Callable[[], Columns], ours: Columns) -> Columns:
    """First as if nobody had written since the row was read, with that as a condition; else read it under a lock."""
    rows = Company.objects.filter(pk=company.pk)
    for still_as_held in (True, False):
        if not still_as_held:
            company.refresh_from_db(fields=_FACTS, from_queryset=Company.objects.select_for_update())
        news = told()
        before = {name: getattr(company, name) for name in news}
        held = {name: value for name, value in before.items() if still_as_held and name != "settings"}
        if (news or ours) and rows.filter(**held).update(**news, **ours):
            for name, value in {**news, **ours}.items():
                setattr(company, name, value)
            return before
        if not news:
            return {}
    return {}


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


def write_request(request: Authorization, operation: Operation) -> None:
    """Write a request for authorization that AutoInvoice took, in place of an open one, and what proves it."""
    earlier = Authorization.objects.filter(company=request.company, state=AuthorizationState.OPEN)
    _end(earlier, request.company, AuthorizationState.REPLACED, request.requested_at)
    Authorization.objects.filter(company=request.company, on_desk=True).update(on_desk=False)
    request.on_desk = not request.company.is_usable
    request.save(force_insert=True)
    dossier.add([evidence.of_request(request, operation, causes.current())])


def expire_authorizations(company: Company, now: datetime) -> int:
    """End a request whose seven days are over, by our own clock."""
    over = Authorization.objects.filter(company=company, state=AuthorizationState.OPEN, expires_at__lte=now)
    return _end(over, company, AuthorizationState.EXPIRED, now)


def _end_authorizations(company: Company, state: AuthorizationState, at: datetime) -> None:
    """Settle the request that a fact is about: one that was sent before the fact was true."""
    requests = Authorization.objects.filter(company=company, state=AuthorizationState.OPEN, requested_at__lte=at)
    if state == AuthorizationState.DECLINED:
        _end(requests.filter(expires_at__lte=at), company, AuthorizationState.EXPIRED, at)
    _end(requests, company, state, at)
    if state == AuthorizationState.CONFIRMED:
        _clear_desk(company, at)


def _clear_desk(company: Company, at: datetime) -> None:
    """Take a verified company off the signature desk; what ran out here was signed in time, and told late."""
    shown = Authorization.objects.filter(company=company, on_desk=True, requested_at__lte=at)
    late = shown.filter(state=AuthorizationState.EXPIRED)
    _end(late, company, AuthorizationState.CONFIRMED, at, was=AuthorizationState.EXPIRED)
    shown.update(on_desk=False)


def _end(
    requests: QuerySet[Authorization],
    company: Company,
    state: AuthorizationState,
    at: datetime,
    was: AuthorizationState = AuthorizationState.OPEN,
) -> int:
    ended = requests.update(state=state, ended_at=at)
    if ended:
        history.note(company, [Change(history.REQUEST, str(was), str(state))], at)
    return ended


def look_soon(company: Company, after: timedelta = FIRST_LOOK_AT_COMPANY) -> None:
    """Have the company looked up by id in a moment; an earlier look that is planned already stays."""
    at = timezone.now() + after
    later = Q(next_check_at=None) | Q(next_check_at__gt=at)
    Company.objects.filter(later, pk=company.pk).update(next_check_at=at)
