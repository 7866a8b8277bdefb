"""Changes of a company in staff words: what changed, what it is now, and what it was."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.enums import USABLE_STATES, AuthorizationState, AuthState, CompanyState, ProfileStatus
from companies.history import changes
from companies.models import StateChange

_TITLES = {
    changes.STATE: gettext_lazy("Right to act"),
    changes.AUTHORIZATION: gettext_lazy("Signature"),
    changes.REQUEST: gettext_lazy("Request to sign"),
    changes.VENDOR: gettext_lazy("Link to our software"),
    changes.USER: gettext_lazy("User"),
}
_WORDS: dict[str, dict[str, Any]] = {
    changes.STATE: dict(CompanyState.choices),
    changes.AUTHORIZATION: dict(AuthState.choices),
    changes.REQUEST: dict(AuthorizationState.choices),
    changes.NETWORK: dict(ProfileStatus.choices),
}
_FIELDS = {
    "status": gettext_lazy("Status"),
    "state": gettext_lazy("State"),
    "address": gettext_lazy("Address"),
    "profiles": gettext_lazy("Profiles"),
    "version": gettext_lazy("Version"),
    "error": gettext_lazy("AutoInvoice says"),
    "email": gettext_lazy("E-mail"),
    "name": gettext_lazy("Name"),
    "role": gettext_lazy("Role"),
    "phone": gettext_lazy("Phone"),
}
_GOOD = {*USABLE_STATES, AuthState.SIGNED, AuthorizationState.CONFIRMED, ProfileStatus.ACTIVE}
_BAD = {
    AuthState.CANCELED, AuthorizationState.DECLINED, AuthorizationState.EXPIRED, ProfileStatus.ERROR,
    CompanyState.UNVERIFIED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    now: str
    tone: str
    icon: str
    text: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)


def of(change: StateChange) -> Words:
    """Return a change in words; one of a kind that we do not know as it was noted."""
    kind, name = _kind(change.what)
    if kind == changes.SETTINGS:
        return Words(_("Settings: %(block)s") % {"block": name}, _("Changed"), "info", "tune", facts=_facts(change))
    if kind == changes.USER:
        return _user(change)
    value = _main(change.after)
    return Words(
        _("Network %(name)s") % {"name": name} if name else str(_TITLES.get(kind, change.what)),
        _word(kind, value) or _("Gone"),
        _tone(change, value),
        "difference",
        text=_was(change, kind),
        facts=_facts(change),
    )


def _kind(what: str) -> tuple[str, str]:
    head, colon, name = what.partition(":")
    return f"{head}{colon}", name


def _main(value: Any) -> str:
    """Return the word that a value comes to."""
    if isinstance(value, dict):
        return str(value.get("status") or value.get("state") or "")
    return "" if value is None else str(value)


def _word(kind: str, value: str) -> str:
    return str(_WORDS.get(kind, {}).get(value, value))


def _was(change: StateChange, kind: str) -> str:
    before = _word(kind, _main(change.before))
    return _("Before: %(before)s") % {"before": before} if before and before != _word(kind, _main(change.after)) else ""


def _tone(change: StateChange, value: str) -> str:
    if value in _GOOD:
        return "good"
    return "bad" if value in _BAD and change.before is not None else "info"


def _user(change: StateChange) -> Words:
    who = (change.after or change.before or {}).get("email", "")
    title = _("User %(who)s") % {"who": who}
    if change.before is None:
        return Words(title, _("Added"), "info", "person_add")
    if change.after is None:
        return Words(title, _("Removed"), "neutral", "person_remove")
    return Words(title, _("Changed"), "info", "person", facts=_facts(change))


def _facts(change: StateChange) -> list[tuple[str, str]]:
    """Return the named values that differ, as "before → now"."""
    if not isinstance(change.after, dict) or not isinstance(change.before, dict | None):
        return []
    before = change.before or {}
    names = [name for name in {**before, **change.after} if before.get(name) != change.after.get(name)]
    rows = ((name, _shown(before.get(name)), _shown(change.after.get(name))) for name in names)
    return [(str(_FIELDS.get(name, name)), f"{was} → {now}" if change.before else now) for name, was, now in rows]


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
