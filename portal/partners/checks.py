"""
"Test connection": plain answers to whether a partner account can work, before anything is saved.

Asks for tokens and reads GET /oauth2/current; changes nothing there. Source: getOauth2Current, postOauth2Token.
"""

import dataclasses
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal import contract, maventa
from portal.maventa import Api, Environment

Text = str | Promise

_DEADLINE = 10.0  # seconds a call; a person is waiting
# What the portal's work needs. Right, and what cannot be done without it.
RIGHTS: tuple[tuple[str, Text], ...] = (
    ("company", _("registering and setting up companies")),
    ("lookup", _("finding receivers")),
    ("invoice:send", _("sending invoices")),
    ("invoice:receive", _("receiving invoices")),
    ("partner:lookups", _("checking whether a business id is free")),
    ("partner:invoice_delivery_actions", _("following received and failed invoices of all companies at once")),
)


class Level(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    text: Text
    detail: str = ""  # AutoInvoice's own words, one click away


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the account can work at all; warnings do not count."""
        return all(finding.level is not Level.BAD for finding in self.findings)


class _Party(maventa.Answer, frozen=True, kw_only=True):
    name: str | None = None
    bid: str | None = None
    country: str | None = None
    disabled: bool | None = None
    wizard_done: bool | None = None


class _Current(maventa.Answer, frozen=True, kw_only=True):
    company: _Party
    scopes: list[str] | None = None


def check_connection(credentials: maventa.Credentials, log: maventa.Log | None = None) -> ConnectionReport:
    """Try the account's keys and say what works, what is missing and what looks wrong. Takes up to half a minute."""
    # A version of its own: a token from the cache would hide that the keys no longer work.
    tried = dataclasses.replace(credentials, version=secrets.randbelow(2**31))
    try:
        current = _current(tried, "global", log)
    except maventa.AccessRefusedError as exc:
        return ConnectionReport((_refused(tried, exc, log),))
    except maventa.MaventaError as exc:
        return ConnectionReport((_failed(tried, exc),))
    return ConnectionReport((*_identity(current), *_rights(tried, log)))


def _current(credentials: maventa.Credentials, scope: str, log: maventa.Log | None) -> _Current:
    client = maventa.Client(credentials, credentials.partner_company, log, _DEADLINE)
    return client.call(Api.AX, "GET", "/oauth2/current", answer=_Current, scope=scope)


def _identity(current: _Current) -> Iterator[Finding]:
    company = current.company
    who = " ".join(filter(None, (company.name, company.country, company.bid)))
    yield Finding(Level.GOOD, _("Connected as %(who)s.") % {"who": who})
    if company.disabled:
        yield Finding(Level.BAD, _("AutoInvoice has disabled this company: ask its support to open it again."))
    if company.wizard_done is False:
        yield Finding(
            Level.WARN, _("The company has not finished AutoInvoice's own set-up: log in to its website once.")
        )


def _rights(credentials: maventa.Credentials, log: maventa.Log | None) -> Iterator[Finding]:
    try:
        missing = [(right, use) for right, use in RIGHTS if right not in _granted(credentials, log)]
    except maventa.MaventaError as exc:
        yield _failed(credentials, exc)
        return
    for right, use in missing:
        text = _("The right %(right)s is missing: no %(use)s. Ask AutoInvoice's support for it.")
        yield Finding(Level.WARN, text % {"right": right, "use": use})
    if not missing:
        yield Finding(Level.GOOD, _("All rights that the portal needs are there."))


def _granted(credentials: maventa.Credentials, log: maventa.Log | None) -> set[str]:
    """Return the rights of RIGHTS that a token really gets; an account may be refused for asking too much."""
    names = [right for right, _use in RIGHTS]
    try:
        return _held(_current(credentials, " ".join(["global", *names]), log), names)
    except maventa.RejectedError:
        pass
    held: set[str] = set()
    for name in names:
        try:
            held |= _held(_current(credentials, f"global {name}", log), [name])
        except maventa.RejectedError:
            continue
    return held


def _held(current: _Current, asked: list[str]) -> set[str]:
    if current.scopes is None:
        return set(asked)  # a token came and nothing says that it lacks a right
    parts = contract.load("ax")["x-scope-aliases"]
    held = set(current.scopes)
    for name in current.scopes:
        held.update(parts.get(name, ()))
    return {name for name in asked if name in held or (name in parts and set(parts[name]) <= held)}


def _refused(credentials: maventa.Credentials, exc: maventa.AccessRefusedError, log: maventa.Log | None) -> Finding:
    said = " ".join(filter(None, exc.remote))
    if swapped := _swapped(credentials, log):
        return Finding(Level.BAD, swapped, said)
    text = _(
        "AutoInvoice (%(environment)s) does not accept this company with these keys. "
        "Each environment has its own company UUID and keys: check that all three belong to %(environment)s."
    )
    return Finding(Level.BAD, text % {"environment": credentials.environment.title()}, said)


def _swapped(credentials: maventa.Credentials, log: maventa.Log | None) -> Text:
    """Try the values in each other's place; return what was swapped, or ""."""
    exchanged = dataclasses.replace(
        credentials, user_key=credentials.vendor_key, vendor_key=credentials.user_key, version=credentials.version + 1
    )
    if _works(exchanged, log):
        return _("These two keys are swapped: the user API key stands in the field of the vendor API key.")
    client_id = _uuid(credentials.user_key)
    if client_id is None:
        return ""
    turned = dataclasses.replace(
        credentials,
        partner_company=client_id,
        user_key=str(credentials.partner_company),
        version=credentials.version + 2,
    )
    if _works(turned, log):
        return _("The company UUID and the user API key are swapped.")
    return ""


def _works(credentials: maventa.Credentials, log: maventa.Log | None) -> bool:
    try:
        _current(credentials, "global", log)
    except maventa.MaventaError:
        return False
    return True


def _failed(credentials: maventa.Credentials, exc: maventa.MaventaError) -> Finding:
    detail = " ".join(filter(None, exc.remote))
    address = credentials.base_url(Api.AX)
    match exc:
        case maventa.TemporaryError() | maventa.OutcomeUnknownError():
            if credentials.environment is Environment.SANDBOX:
                text = _("Nothing answers at %(address)s. Is the simulator running, and is this its address?")
            else:
                text = _(
                    "%(address)s cannot be reached or does not answer. "
                    "Check that this machine may connect to it; perhaps AutoInvoice has a break."
                )
        case maventa.UnexpectedResponseError():
            text = _("What answers at %(address)s does not look like AutoInvoice.")
        case maventa.ConfigurationError():
            return Finding(Level.BAD, exc.staff_text, detail)
        case _:
            text = _("AutoInvoice gave a token but refused to say whose it is.")
    return Finding(Level.BAD, text % {"address": address}, detail)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
