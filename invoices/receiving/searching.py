"""
"I did not get it": why an invoice that a company expects may not be here, point by point, and what to ask the sender.

Reads the database only; what AutoInvoice says now is fetched by the acts that the page offers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.enums import ProfileStatus, ProofState, ProofWay
from companies.models import Company
from companies.networks import catalogue, proof
from invoices import finding
from invoices.models import Invoice
from invoices.sync import CompanyFeed, ReceivedFeed
from portal.sync import cursors
from portal.sync.models import Cursor
from portal.webhooks.models import Delivery

Text = str | Promise
_FRESH = timedelta(hours=1)  # the partner's feed is read every quarter of an hour at least
_LISTED = timedelta(hours=36)  # a company's list at least once a day
_MOST = 20


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at. `act`: the operation kind, or "fetch", that would help."""

    title: Text
    found: Text
    tone: str  # good, warn, bad, neutral
    act: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way that an invoice could have come, whether it is open, and what to ask whoever sent it."""

    title: Text
    is_open: bool
    address: str
    ask: Text


def points(company: Company) -> list[Point]:
    """Return what stands between a company and its invoices, in the order in which an invoice passes it."""
    return [
        _standing(company),
        *_networks(company),
        *_looked_up(company),
        _feed(company),
        _list(company),
        _told(company),
        *_unsaved(company),
    ]


def matches(company: Company, text: str) -> Sequence[Invoice]:
    """Return received invoices that a number, an id or a name of the sender means; without a text the latest."""
    rows = company.invoices.received().select_related("company").order_by("-created_at")
    return list(rows.filter(finding.matching(text.strip()))[:_MOST] if text.strip() else rows[:5])


def fetch(company: Company) -> None:
    """Have the partner's feed and the company's list read with the next beat, the list from a month back."""
    cursors.follow(CompanyFeed.name, company.account, [company.uuid])
    month = timezone.now() - timedelta(days=31)
    mine = Cursor.objects.filter(source=CompanyFeed.name, account=company.account, company_uuid=company.uuid)
    mine.filter(window_until=None, done_until__gt=month).update(done_until=month)
    cursors.hurry(CompanyFeed.name, company.account, company.uuid)
    cursors.hurry(ReceivedFeed.name, company.account)


def _standing(company: Company) -> Point:
    title = _("The company at AutoInvoice")
    if company.disabled:
        return Point(title, _("It is closed: nothing is delivered to it."), "bad")
    if not company.is_usable:
        return Point(title, _("It is not verified: nothing is delivered to it."), "bad", "companies.authorize")
    return Point(title, _("It is verified."), "good")


def _networks(company: Company) -> Iterator[Point]:
    profiles = list(company.profiles.exclude(status=ProfileStatus.DISABLED).order_by("network"))
    if not any(one.network == catalogue.VISMA and one.status == ProfileStatus.ACTIVE for one in profiles):
        text = _("VISMA is not active: the company receives nothing by any way.")
        yield Point("VISMA", text, "bad", "companies.activate_network")
    for one in profiles:
        if one.network == catalogue.VISMA and one.status != ProfileStatus.ACTIVE:
            continue
        address = f"{one.scheme}:{one.endpoint_id}" if one.endpoint_id else _("address not told yet")
        if one.status == ProfileStatus.ACTIVE:
            yield Point(one.network, _("Active: %(address)s.") % {"address": address}, "good")
        else:
            said = one.error_text or one.status
            yield Point(one.network, _("Not active: %(said)s") % {"said": said}, "warn", "companies.refresh")


def _looked_up(company: Company) -> Iterator[Point]:
    rows = proof.latest(company)
    for row in rows:
        title = _("Do senders find it? %(network)s") % {"network": row.network}
        if row.way == ProofWay.INVOICE:
            title = _("Does a test invoice arrive? %(network)s") % {"network": row.network}
        tone = {ProofState.PROVEN: "good", ProofState.STOPPED: "bad"}.get(ProofState(row.state), "neutral")
        yield Point(title, f"{row.text} ({_when(row.asked_at)})", tone, "" if tone == "good" else _PROVE)
    if not rows:
        yield Point(_("Do senders find it?"), _("Nobody has asked the receiver look-up yet."), "neutral", _PROVE)


def _feed(company: Company) -> Point:
    cursor = Cursor.objects.filter(source=ReceivedFeed.name, account=company.account).first()
    return _read(_("The partner's list of new invoices"), cursor, _FRESH)


def _list(company: Company) -> Point:
    mine = Cursor.objects.filter(source=CompanyFeed.name, account=company.account, company_uuid=company.uuid)
    return _read(_("The company's own list"), mine.first(), _LISTED)


def _read(title: Text, cursor: Cursor | None, fresh: timedelta) -> Point:
    if cursor is None or cursor.done_until is None:
        return Point(title, _("Not read yet."), "warn", FETCH)
    when = _when(cursor.done_until)
    if cursor.failures:
        text = _("Read up to %(when)s; reading has failed %(n)d times since.")
        return Point(title, text % {"when": when, "n": cursor.failures}, "bad", FETCH)
    stale = timezone.now() - cursor.done_until > fresh
    return Point(title, _("Read up to %(when)s.") % {"when": when}, "warn" if stale else "good", FETCH)


def _told(company: Company) -> Point:
    title = _("Messages from AutoInvoice")
    told = Delivery.objects.filter(company_uuid=company.uuid, account=company.account, event__endswith=".RECEIVED")
    latest = told.order_by("-id").first()
    if latest is None:
        return Point(title, _("None came about received invoices; the lists above find them all the same."), "neutral")
    return Point(title, _("The latest came %(when)s.") % {"when": _when(latest.received_at)}, "good")


def _unsaved(company: Company) -> Iterator[Point]:
    rows = company.invoices.received()
    count = rows.filter(Q(files_at=None) | ~Q(files_problem="")).count()
    if count:
        yield Point(_("Arrived, but not saved here"), _("%(n)d invoices.") % {"n": count}, "bad")


def channels(company: Company) -> list[Channel]:
    """Return each way in, and what to ask the sender who says that it went that way."""
    live = {one.network: one for one in company.profiles.filter(status=ProfileStatus.ACTIVE)}
    scan = company.services.filter(service__in=("SCAN", "AUTOSCAN")).exclude(address="").first()
    peppol, bank, visma = live.get(catalogue.PEPPOL), live.get("BANK"), live.get(catalogue.VISMA)
    return [
        Channel(_("Peppol"), peppol is not None, _address(peppol), _ASK_PEPPOL),
        Channel(
            _("E-invoice inside AutoInvoice or of another operator"), visma is not None, _address(visma), _ASK_OPERATOR
        ),
        Channel(_("Bank network"), bank is not None, _address(bank), _ASK_BANK),
        Channel(_("E-mail or paper to scanning"), scan is not None, scan.address if scan else "", _ASK_SCAN),
    ]


def _address(profile: object) -> str:
    scheme, endpoint = getattr(profile, "scheme", ""), getattr(profile, "endpoint_id", "")
    return f"{scheme}:{endpoint}" if endpoint else ""


def _when(at: object) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")  # type: ignore[arg-type]


FETCH, _PROVE = "fetch", "companies.prove_reception"
_ASK_PEPPOL = gettext_lazy(
    "Which address did it go to, scheme and number? Ask for the message id and the time, and whether their access "
    "point got a receipt. Without a receipt it never left; with one to another address it went to somebody else."
)
_ASK_OPERATOR = gettext_lazy(
    "Which e-invoice address and which operator stand on it? Ask the sender's operator for its delivery report: handed "
    "over to AutoInvoice, when, under which id. An old address of a former operator is the usual cause."
)
_ASK_BANK = gettext_lazy(
    "Banks hand over at set times, up to a day later. Ask for the bank's file id, and whether it was sent as an "
    "e-invoice for companies, with this company's address and bank as operator."
)
_ASK_SCAN = gettext_lazy(
    "Was it sent to exactly this address, as a PDF of at most 10 MB, one invoice a file? What holds no invoice goes to "
    "the return address: look there. Paper takes two working days."
)
