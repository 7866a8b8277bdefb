"""Entries of a dossier in words, for the page and the pages of the PDF. Reads documents, not the database."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.dossier.evidence import REMINDED, REQUESTED
from companies.enums import USABLE_STATES, AuthorizationState, AuthState, CompanyState
from companies.request_fields import LOCALE_NAMES
from portal.partners.models import Method

_TITLES = {
    REQUESTED: gettext_lazy("Authorization requested"),
    REMINDED: gettext_lazy("Signer reminded"),
    "state": gettext_lazy("Right to act"),
    "authorization": gettext_lazy("Signature"),
    "request": gettext_lazy("Request"),
    "vendor": gettext_lazy("Link to our software"),
}
_FIELDS = {
    "method": gettext_lazy("Way"),
    "authorization_id": gettext_lazy("Traceable id"),
    "signer_name": gettext_lazy("Signer"),
    "signer_email": gettext_lazy("Signer's e-mail"),
    "language": gettext_lazy("Language"),
    "expires_at": gettext_lazy("Open until"),
    "occasion": gettext_lazy("Occasion"),
    "outcome": gettext_lazy("Outcome"),
    "message_id": gettext_lazy("Mail"),
    "by": gettext_lazy("Asked by"),
    "email": gettext_lazy("E-mail"),
    "state": gettext_lazy("State"),
    "name": gettext_lazy("Name"),
}
_NOT_SHOWN = ("told_by", "company", "before", "after")
_WORDS: dict[str, dict[str, Any]] = {
    "state": dict(CompanyState.choices),
    "authorization": dict(AuthState.choices),
    "request": dict(AuthorizationState.choices),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    sequence: int
    at: datetime
    title: str
    facts: list[tuple[str, str]]
    told_by: list[str]
    hash: str
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for authorization and how it ended."""

    by: str
    signer: str
    email: str
    method: str
    traceable_id: str
    language: str
    at: datetime
    joint: str = ""
    outcome: str = ""
    outcome_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What a company's entries come to."""

    verified_at: datetime | None
    asked: list[Asked] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def latest(self) -> Asked | None:
        return self.asked[-1] if self.asked else None


def story(entries: list[dict[str, Any]]) -> Story:
    """Return the story that entries, as they stand in a document, tell."""
    verified_at: datetime | None = None
    asked: list[Asked] = []
    for entry in entries:
        content, at = entry["content"], moment(entry["at"])
        if entry["kind"] == REQUESTED:
            asked.append(_asked(entry, content, at))
        elif entry["kind"] == "state":
            verified_at = at if content.get("after") in USABLE_STATES else None
        elif entry["kind"] == "request" and asked:
            asked[-1] = _ended(asked, content, at)
    return Story(verified_at, asked, [line(entry) for entry in entries])


def line(entry: dict[str, Any]) -> Line:
    """Return one entry in words; a kind that we do not know shows its fields as they are."""
    content = entry["content"]
    title = str(_TITLES.get(entry["kind"], entry["kind"]))
    facts = [(_("Now"), _value(entry["kind"], content["after"]))] if "after" in content else []
    if content.get("before") is not None:
        facts.append((_("Before"), _value(entry["kind"], content["before"])))
    facts += [
        (str(_FIELDS.get(name, name)), _field(name, value))
        for name, value in content.items()
        if name not in _NOT_SHOWN and value not in ("", None)
    ]
    joint = entry.get("joint") or ""
    return Line(entry["sequence"], moment(entry["at"]), title, facts, _told(content), entry["hash"], joint)


def moment(text: str) -> datetime:
    """Return a time of a document."""
    return datetime.fromisoformat(text)


def day(at: datetime | None) -> str:
    """Return a time as people read it, in the viewer's zone and named so."""
    if at is None:
        return "–"
    local = timezone.localtime(at)
    return f"{date_format(local, 'j N Y H:i:s')} {local.tzname()}"


def _asked(entry: dict[str, Any], content: dict[str, Any], at: datetime) -> Asked:
    return Asked(
        by=content.get("by") or _("The portal"),
        signer=content.get("signer_name") or "–",
        email=content.get("signer_email") or "–",
        method=_field("method", content.get("method", "")),
        traceable_id=content.get("authorization_id") or "",
        language=_field("language", content.get("language", "")),
        at=at,
        joint=entry.get("joint") or "",
        outcome=str(AuthorizationState.OPEN.label),
    )


def _ended(asked: list[Asked], content: dict[str, Any], at: datetime) -> Asked:
    return replace(asked[-1], outcome=_value("request", content.get("after")), outcome_at=at)


def _value(kind: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(_value(kind, part) for part in value.values() if part)
    return str(_WORDS.get(kind, {}).get(value, value))


def _field(name: str, value: Any) -> str:
    if name == "method":
        return str(dict(Method.choices).get(value, value))
    if name == "language":
        return str(LOCALE_NAMES.get(value, value))
    return day(moment(value)) if name.endswith("_at") and value else str(value)


def _told(content: dict[str, Any]) -> list[str]:
    """Return who told an entry: its act, message or look first, then the calls."""
    told = content.get("told_by") or {}
    number = {"id": told.get("id"), "what": told.get("what", "")}
    texts = {
        "operation": _("Act #%(id)s %(what)s") % number,
        "delivery": _("Message #%(id)s of AutoInvoice: %(event)s") % {**number, "event": told.get("event", "")},
        "sync": _("Look at AutoInvoice, run #%(id)s") % number,
        "staff": _("Staff"),
    }
    first = [texts.get(told["kind"], str(told["kind"]))] if told.get("kind") else []
    return [*first, *(_call(call) for call in told.get("calls", ()))]


def _call(call: dict[str, Any]) -> str:
    answer = call.get("status") or _("no answer")
    return f"{call['call']} → {answer} · {day(moment(call['at']))} · {call.get('request_id', '')}".rstrip(" ·")
