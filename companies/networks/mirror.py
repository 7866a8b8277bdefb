"""Writing what AutoInvoice told us of a company's registrations in networks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from companies import business_ids, facts, services
from companies.belongings import Kind
from companies.enums import ProfileStatus
from companies.history import changes
from companies.history.changes import Change
from companies.models import Company, NetworkProfile
from companies.networks import conflicts
from portal.partners import concealed

# Webhooks tell within seconds; looks are for those that never came, and must not eat the account's calls.
FIRST_LOOK_AT_PROFILE = timedelta(seconds=10)
PROFILE_COLUMNS = (
    "network", "profiles", "profile_version", "status", "scheme", "endpoint_id", "endpoint_id_digest",
    "endpoint_id_secret", "extensions", "network_settings", "error_text",
)  # fmt: skip
_PROFILES = Kind(NetworkProfile, PROFILE_COLUMNS, secret="endpoint_id_secret", check_at="next_check_at")  # noqa: S106


def write_profiles(company: Company, profiles: Sequence[services.Profile], at: datetime, *, whole: bool) -> int:
    """
    Write registrations of a company as they were at `at`; returns how many changed.

    :param whole: the list is complete, so that what it lacks is closed
    """
    return _write([(company, profile, at) for profile in profiles], company if whole else None, at)


def write_registrations(told: Sequence[tuple[Company, services.Profile, datetime]]) -> int:
    """Write registrations of many companies, each as it was at its time; returns how many changed."""
    return _write(told)


def _write(
    told: Sequence[tuple[Company, services.Profile, datetime]],
    whole_of: Company | None = None,
    at: datetime | None = None,
) -> int:
    rows = {
        (company.pk, profile.id): _row(company, profile, true_at) for company, profile, true_at in told if profile.id
    }
    written = _PROFILES.write(list(rows.values()), whole_of)
    for before, row in written.changed:
        changes.note(row.company, [_change(before, row)], row.fact_at)
    _follow([row for _before, row in written.changed])
    if whole_of is None or at is None:
        return len(written.changed)
    open_ones = [row for row in written.lacking if row.status != ProfileStatus.DISABLED and row.fact_at < at]
    _close([row.pk for row in open_ones], at)
    changes.note(whole_of, map(_closed, open_ones), at)
    return len(written.changed) + len(open_ones)


def _follow(changed: Sequence[NetworkProfile]) -> None:
    """Tell who waited for what became active, and see to the cases of what did and of what failed."""
    for row in changed:
        if row.status == ProfileStatus.ACTIVE:
            facts.announce_networks(row.company.uuid, {row.network})
    conflicts.follow(changed)


def write_profile_status(
    company: Company, profile: NetworkProfile, status: ProfileStatus, at: datetime, *, is_new: bool = False
) -> bool:
    """
    Write what an event told of a registration; False: we knew something newer.

    :param is_new: the row has only been made to hold this
    """
    with transaction.atomic(savepoint=False):
        stored = _locked(company, profile.remote_id)
        if stored is None or stored.fact_at >= at:
            return False
        NetworkProfile.objects.filter(pk=stored.pk).update(status=status, fact_at=at)
        before = None if is_new else _shown(stored)
        stored.status = profile.status = status
        changes.note(company, [Change(_what(stored), before, _shown(stored))], at)
    stored.company = company
    _follow([stored])
    return True


def close_profile(company: Company, remote_id: str, at: datetime) -> bool:
    """Write that a registration is gone."""
    with transaction.atomic(savepoint=False):
        stored = _locked(company, remote_id)
        if stored is None or stored.fact_at > at:
            return False
        _close([stored.pk], at)
        changes.note(company, [_closed(stored)], at)
    return True


def _locked(company: Company, remote_id: str) -> NetworkProfile | None:
    mine = NetworkProfile.objects.filter(company=company, remote_id=remote_id).defer("endpoint_id_secret")
    return mine.select_for_update().first()


def _close(ids: list[int], at: datetime) -> None:
    if ids:
        closed = {"status": ProfileStatus.DISABLED, "fact_at": at, "next_check_at": None}
        NetworkProfile.objects.filter(pk__in=ids).update(**closed)


def _row(company: Company, profile: services.Profile, at: datetime) -> NetworkProfile:
    address = business_ids.conceal(company.country, profile.endpoint_id or "")
    if concealed.owner(profile.scheme or "", company.country) == concealed.NOBODYS:
        address = replace(address, shown=profile.endpoint_id or "", secret="")
    failed = profile.status == ProfileStatus.ERROR and profile.last_event
    pending = profile.status == ProfileStatus.PENDING
    return NetworkProfile(
        account_id=company.account_id,
        company=company,
        remote_id=profile.id,
        network=profile.network or "",
        profiles=profile.names,
        profile_version=profile.profile_version or "",
        status=profile.status or "",
        scheme=profile.scheme or "",
        endpoint_id=address.shown,
        endpoint_id_digest=address.digest,
        endpoint_id_secret=address.secret,
        extensions=profile.profiles_with_extensions or [],
        network_settings=profile.network_settings or {},
        error_text=(profile.last_event.message or "") if failed and profile.last_event else "",
        fact_at=at,
        next_check_at=timezone.now() + FIRST_LOOK_AT_PROFILE if pending else None,
    )


def _what(row: NetworkProfile) -> str:
    return f"{changes.NETWORK}{row.network}"


def _shown(row: NetworkProfile) -> dict[str, Any]:
    """Return what the history keeps of a registration; addresses as they are shown."""
    shown = {
        "status": str(row.status),
        "address": f"{row.scheme}:{row.endpoint_id}" if row.endpoint_id else "",
        "profiles": ", ".join(str(name) for name in row.profiles),
        "version": row.profile_version,
        "error": row.error_text[:200],
    }
    return {name: value for name, value in shown.items() if value}


def _change(before: NetworkProfile | None, row: NetworkProfile) -> Change:
    return Change(_what(row), None if before is None else _shown(before), _shown(row))


def _closed(row: NetworkProfile) -> Change:
    return Change(_what(row), _shown(row), {**_shown(row), "status": str(ProfileStatus.DISABLED)})
