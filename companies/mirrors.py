"""
Writing what AutoInvoice told us into the mirror rows: used by operations, webhooks and sync alike.

Each fact comes with the time it was true. An older one never overwrites a newer one; what follows from a fact
(a signature is settled, something that waited may go) is done here too, in the caller's transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from companies import business_ids, conflicts, facts, services
from companies.enums import AuthorizationState, AuthState, ProfileStatus
from companies.models import Authorization, Company, CompanyUser, NetworkProfile
from portal.sync.upsert import Written, upsert

# Webhooks tell within seconds; looks are for those that never came, and must not eat the account's calls.
FIRST_LOOK_AT_COMPANY = timedelta(seconds=30)
FIRST_LOOK_AT_PROFILE = timedelta(seconds=10)
_SETTINGS_NOT_KEPT = ("logos",)
PROFILE_COLUMNS = (
    "network", "profiles", "profile_version", "status", "scheme", "endpoint_id", "endpoint_id_digest",
    "endpoint_id_secret", "extensions", "network_settings", "error_text",
)  # fmt: skip
USER_COLUMNS = (
    "email", "first_name", "last_name", "phone", "role", "notifications_disabled", "emails_disabled", "removed_at",
)  # fmt: skip


def write_state(company: Company, state: str, at: datetime) -> bool:
    """Write whether a company may act; False: we knew something newer."""
    newer = Q(state_at=None) | Q(state_at__lt=at) | Q(state_at=at, state=state)
    if not Company.objects.filter(newer, pk=company.pk).update(state=state, state_at=at):
        return False
    company.state, company.state_at = state, at
    if company.is_usable:
        _end_authorizations(company, AuthorizationState.CONFIRMED, at)
        facts.announce_verified(company.uuid)
    return True


def write_status(company: Company, status: services.CompanyStatus, at: datetime) -> bool:
    """Write the answer to a look by id, asked at `at`; False: nothing changed, or we knew something newer."""
    before = (company.state, company.auth_state, company.auth_email)
    Company.objects.filter(pk=company.pk).update(checked_at=timezone.now())
    write_state(company, status.company_state, at)
    newer = Q(auth_at=None) | Q(auth_at__lte=at)
    email = status.auth_email or ""
    if Company.objects.filter(newer, pk=company.pk).update(auth_state=status.auth_state, auth_email=email, auth_at=at):
        company.auth_state, company.auth_email, company.auth_at = status.auth_state, email, at
        if company.auth_state == AuthState.CANCELED and not company.is_usable:
            _end_authorizations(company, AuthorizationState.DECLINED, at)
    return before != (company.state, company.auth_state, company.auth_email)


def write_requested(company: Company, email: str, at: datetime) -> None:
    """Write that an invitation went out: the documented effect of a request that was taken at `at`."""
    newer = Q(auth_at=None) | Q(auth_at__lte=at)
    Company.objects.filter(newer, pk=company.pk).update(auth_state=AuthState.SENT, auth_email=email, auth_at=at)
    Company.objects.filter(pk=company.pk).update(auth_requested_at=at)


def expire_authorizations(company: Company, now: datetime) -> int:
    """End a request whose seven days are over, by our own clock."""
    over = Authorization.objects.filter(company=company, state=AuthorizationState.OPEN, expires_at__lte=now)
    return over.update(state=AuthorizationState.EXPIRED, ended_at=now)


def _end_authorizations(company: Company, state: AuthorizationState, at: datetime) -> None:
    """Settle the request that a fact is about: one that was sent before the fact was true."""
    requests = Authorization.objects.filter(company=company, state=AuthorizationState.OPEN, requested_at__lte=at)
    if state == AuthorizationState.DECLINED:
        requests.filter(expires_at__lte=at).update(state=AuthorizationState.EXPIRED, ended_at=at)
    requests.update(state=state, ended_at=at)


def write_profiles(company: Company, profiles: Sequence[services.Profile], at: datetime, *, whole: bool) -> int:
    """
    Write registrations of a company as they were at `at`; returns how many changed.

    :param whole: the list is complete, so that what it lacks is closed
    """
    rows = [_profile_row(company, profile, at) for profile in profiles if profile.id]
    written = upsert(NetworkProfile, rows, key=("account", "company", "remote_id"), columns=PROFILE_COLUMNS)
    _follow_profiles(company, written)
    closed = _close_others(company, {row.remote_id for row in rows}, at) if whole else 0
    return len(written.news) + closed


def write_profile_status(company: Company, profile: NetworkProfile, status: ProfileStatus, at: datetime) -> bool:
    """Write what an event told of a registration; False: we knew something newer."""
    older = NetworkProfile.objects.filter(pk=profile.pk, fact_at__lt=at)
    if not older.update(status=status, fact_at=at):
        return False
    if status == ProfileStatus.ACTIVE:
        facts.announce_networks(company.uuid, {profile.network})
        profile.status = status
        conflicts.follow(company, [profile])
    return True


def close_profile(company: Company, remote_id: str, at: datetime) -> bool:
    """Write that a registration is gone."""
    gone = NetworkProfile.objects.filter(company=company, remote_id=remote_id, fact_at__lte=at)
    return bool(gone.update(status=ProfileStatus.DISABLED, fact_at=at, next_check_at=None))


def _profile_row(company: Company, profile: services.Profile, at: datetime) -> NetworkProfile:
    address = business_ids.conceal(company.country, profile.endpoint_id or "")
    failed = profile.status == ProfileStatus.ERROR and profile.last_event
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
    )


def _follow_profiles(company: Company, written: Written) -> None:
    """Watch what is pending, and tell who waited for what became active."""
    if not written.news:
        return
    news = NetworkProfile.objects.filter(pk__in=written.news)
    news.filter(status=ProfileStatus.PENDING).update(next_check_at=timezone.now() + FIRST_LOOK_AT_PROFILE)
    news.exclude(status=ProfileStatus.PENDING).update(next_check_at=None)
    active = set(news.filter(status=ProfileStatus.ACTIVE).values_list("network", flat=True))
    facts.announce_networks(company.uuid, active)
    conflicts.follow(company, list(news))


def _close_others(company: Company, present: set[str], at: datetime) -> int:
    others = NetworkProfile.objects.filter(company=company, fact_at__lt=at)
    others = others.exclude(remote_id__in=present).exclude(status=ProfileStatus.DISABLED)
    return others.update(status=ProfileStatus.DISABLED, fact_at=at, next_check_at=None)


def write_users(company: Company, users: Iterable[services.User], at: datetime, *, whole: bool) -> int:
    """Write users as they were at `at`; keys are not touched. `whole`: who is not in the list has been removed."""
    rows = [_user_row(company, user, at) for user in users]
    written = upsert(CompanyUser, rows, key=("account", "company", "remote_id"), columns=USER_COLUMNS)
    if whole:
        gone = CompanyUser.objects.filter(company=company, removed_at=None, fact_at__lt=at)
        gone.exclude(remote_id__in=[row.remote_id for row in rows]).update(removed_at=at, fact_at=at)
    return len(written.news)


def _user_row(company: Company, user: services.User, at: datetime) -> CompanyUser:
    return CompanyUser(
        account_id=company.account_id,
        company=company,
        remote_id=user.id,
        email=user.email,
        first_name=user.first_name or "",
        last_name=user.last_name or "",
        phone=user.phone or "",
        role=user.role or "",
        notifications_disabled=bool(user.notifications_disabled),
        emails_disabled=bool(user.emails_disabled),
        fact_at=at,
    )


def write_vendor(company: Company, state: str, at: datetime) -> None:
    """Write the link between the company and our software."""
    newer = Q(vendor_at=None) | Q(vendor_at__lte=at)
    Company.objects.filter(newer, pk=company.pk).update(vendor_state=state, vendor_at=at)


def write_settings(company: Company, blocks: dict[str, dict[str, object] | None], at: datetime) -> None:
    """Write settings blocks; pictures are not kept."""
    newer = Q(settings_at=None) | Q(settings_at__lte=at)
    kept = {name: block for name, block in blocks.items() if name not in _SETTINGS_NOT_KEPT and block is not None}
    merged = {**company.settings, **kept}
    if Company.objects.filter(newer, pk=company.pk).update(settings=merged, settings_at=at):
        company.settings = merged


def look_soon(company: Company, after: timedelta = FIRST_LOOK_AT_COMPANY) -> None:
    """Have the company looked up by id in a moment; an earlier look that is planned already stays."""
    at = timezone.now() + after
    later = Q(next_check_at=None) | Q(next_check_at__gt=at)
    Company.objects.filter(later, pk=company.pk).update(next_check_at=at)
