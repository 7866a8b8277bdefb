"""
What AutoInvoice says its checks look at and its reports mean, in the viewer's language.

Asked when a page needs it and kept for a day; when AutoInvoice does not answer, our own words stand in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from django.core.cache import cache

from invoices.detect import mirror as detecting
from invoices.detect import words as detect_words
from invoices.services import CheckDefinitions, Definitions, DetectService, FraudReportService
from portal import maventa
from portal.partners import clients
from portal.partners.models import PartnerAccount

T = TypeVar("T")
_DAY, _SECONDS = 86_400, 8.0
# Our own words for the reasons that the contract names; AutoInvoice's come first.
REASONS = detect_words.REASONS


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Reporting:
    """Reasons (name, text), and what a report is not."""

    reasons: list[tuple[str, str]]
    disclaimer: str


def checks(account: PartnerAccount) -> list[Check]:
    """Return the checks that can be switched on."""
    told = _kept(f"detect-checks:{account.pk}", CheckDefinitions, lambda: _detect(account).definitions())
    found = [
        Check(
            one.name,
            str(detect_words.check_name(one.name, detecting.by_language(one.friendly_names, one.friendly_name))),
            detect_words.in_language(detecting.by_language(one.descriptions, one.description)),
        )
        for one in (told.checks or [] if told else [])
        if one.name
    ]
    return found or [Check(name, str(title), "") for name, title in detect_words.CHECKS.items()]


def reporting(account: PartnerAccount) -> Reporting:
    """Return what may be reported."""
    told = _kept(f"fraud-reasons:{account.pk}", Definitions, lambda: FraudReportService(_client(account)).definitions())
    reasons = [
        (one.name, detect_words.in_language(detecting.by_language(one.friendly_names, one.friendly_name)) or one.name)
        for one in (told.criteria or [] if told else [])
        if one.name
    ]
    texts = detecting.by_language(told.disclaimer_texts, told.disclaimer_text) if told else {}
    usual = [(name, str(text)) for name, text in REASONS.items()]
    return Reporting(reasons or usual, detect_words.in_language(texts) or str(detect_words.REPORT_IS_NOT))


def _kept(key: str, kind: type[T], ask: Callable[[], T]) -> T | None:
    """Return what was told within a day, or ask; None: AutoInvoice does not answer."""
    stored = cache.get(key)
    if stored is not None:
        return msgspec.json.decode(stored, type=kind)
    try:
        told = ask()
    except maventa.MaventaError:
        return None
    cache.set(key, msgspec.json.encode(told), _DAY)
    return told


def _client(account: PartnerAccount) -> maventa.Client:
    client = clients.for_account(account)
    client.deadline = _SECONDS
    return client


def _detect(account: PartnerAccount) -> DetectService:
    return DetectService(_client(account))
