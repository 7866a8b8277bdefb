"""Writing what AutoInvoice told us of a company's users."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from companies import services
from companies.belongings import Kind
from companies.history import changes as history
from companies.history.changes import Change
from companies.models import Company, CompanyUser

USER_COLUMNS = (
    "email", "first_name", "last_name", "phone", "role", "notifications_disabled", "emails_disabled", "removed_at",
)  # fmt: skip
_USERS = Kind(CompanyUser, USER_COLUMNS, secret="api_key")  # noqa: S106  a column's name


def write_users(company: Company, users: Iterable[services.User], at: datetime, *, whole: bool) -> int:
    """Write users as they were at `at`; keys are not touched. `whole`: who is not in the list has been removed."""
    rows = list({user.id: _row(company, user, at) for user in users}.values())
    written = _USERS.write(rows, whole_of=company if whole else None)
    gone = [user for user in written.lacking if user.removed_at is None and user.fact_at < at]
    _remove(gone, at)
    changes = [_change(before, user) for before, user in written.changed]
    history.note(company, [*changes, *map(_removed, gone)], at)
    return len(written.changed)


def write_user_removed(company: Company, remote_id: str, at: datetime) -> bool:
    """Write that a user may not act in the company any more; False: it is so already."""
    with transaction.atomic(savepoint=False):
        mine = CompanyUser.objects.filter(company=company, remote_id=remote_id, removed_at=None).defer("api_key")
        gone = list(mine.select_for_update())
        _remove(gone, at)
        history.note(company, map(_removed, gone), at)
    return bool(gone)


def _remove(gone: list[CompanyUser], at: datetime) -> None:
    if gone:
        CompanyUser.objects.filter(pk__in=[user.pk for user in gone]).update(removed_at=at, fact_at=at)


def _row(company: Company, user: services.User, at: datetime) -> CompanyUser:
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


def _shown(user: CompanyUser) -> dict[str, Any]:
    shown = {
        "email": user.email,
        "name": f"{user.first_name} {user.last_name}".strip(),
        "role": user.role,
        "phone": user.phone,
        "notifications": "off" if user.notifications_disabled else "",
        "emails": "off" if user.emails_disabled else "",
    }
    return {name: value for name, value in shown.items() if value}


def _change(before: CompanyUser | None, user: CompanyUser) -> Change:
    was_there = before is not None and before.removed_at is None
    return Change(history.USER, _shown(before) if was_there and before else None, _shown(user))


def _removed(user: CompanyUser) -> Change:
    return Change(history.USER, _shown(user), None)
