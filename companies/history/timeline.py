"""
Everything that happened to a company, from all the tables that tell it, merged by time and read a page at a time.

Each stream gives its rows newest first by its own key and has an index for that, so that a page costs one short query a
stream, whatever the company's size. The place between two pages is the last key taken from each stream: nothing is
lost or doubled, even when rows share a time.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company, Note, StateChange
from portal.operations.models import Operation
from portal.partners.models import ApiCall
from portal.webhooks.models import Delivery

PER_PAGE = 30
_INVOICES, _DOCUMENTS = "invoices.", "DOCUMENTS."  # what invoices' own pages show, apart here
_PLACE = re.compile(r"([a-z_]+):([0-9]{1,18}(?:@[0-9]{1,18})?)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONGEST = timedelta(days=365 * 200) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Kind:
    """What staff filter by: one or more streams."""

    name: str
    title: str | Promise
    icon: str
    usual: bool = True  # shown unless asked otherwise


ACTS = Kind("acts", _("Acts"), "sync_alt")
TOLD = Kind("told", _("Messages"), "webhook")
CHANGES = Kind("changes", _("Changes"), "difference")
NOTES = Kind("notes", _("Notes"), "sticky_note_2")
CALLS = Kind("calls", _("Calls"), "call_made", usual=False)
INVOICES = Kind("invoices", _("Invoices"), "receipt_long", usual=False)
KINDS = (ACTS, TOLD, CHANGES, NOTES, CALLS, INVOICES)


@dataclass(frozen=True, slots=True)
class Stream:
    """One table's part. Rows come newest first; `before` leaves those older than a key."""

    name: str
    kind: Kind
    rows: Callable[[Company], QuerySet[Any]]
    at: Callable[[Any], datetime]
    key: Callable[[Any], str] = lambda row: str(row.pk)
    before: Callable[[str], Q] = lambda key: Q(pk__lt=int(key))
    timed: bool = False  # its key is "microseconds@id" instead of an id


@dataclass(frozen=True, slots=True)
class Happened:
    stream: str
    at: datetime
    row: Any


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Happened]
    after: str = ""  # the place of the next page; "": there is none


@dataclass(slots=True)
class _Source:
    stream: Stream
    rows: list[Any]
    next: int = 0
    key: str = field(default="")

    @property
    def head(self) -> Any:
        return self.rows[self.next] if self.next < len(self.rows) else None

    def take(self) -> Any:
        row = self.rows[self.next]
        self.next += 1
        self.key = self.stream.key(row)
        return row


def read(company: Company, kinds: Sequence[Kind], after: str = "", most: int = PER_PAGE) -> Page:
    """Return a page of what happened, the latest first; a place that cannot be read is the beginning."""
    places = _places(after)
    sources = [_source(company, stream, places, most) for stream in STREAMS if stream.kind in kinds]
    taken: list[Happened] = []
    while len(taken) < most:
        left = [source for source in sources if source.head is not None]
        if not left:
            return Page(taken)
        newest = max(left, key=lambda source: source.stream.at(source.head))
        row = newest.take()
        taken.append(Happened(newest.stream.name, newest.stream.at(row), row))
    more = any(source.head is not None for source in sources)
    return Page(taken, _place(sources, places) if more else "")


def chosen(names: Sequence[str]) -> list[Kind]:
    """Return the kinds with these names; the usual ones when none is named, all of them for "all"."""
    if "all" in names:
        return list(KINDS)
    named = [kind for kind in KINDS if kind.name in names]
    return named or [kind for kind in KINDS if kind.usual]


def _source(company: Company, stream: Stream, places: Mapping[str, str], most: int) -> _Source:
    rows, place = stream.rows(company), places.get(stream.name, "")
    if place:
        rows = rows.filter(stream.before(place))
    return _Source(stream, list(rows[: most + 1]), key=place)


def _places(text: str) -> dict[str, str]:
    """Return the key of each stream in a place; a damaged part is left out."""
    parts = (_PLACE.fullmatch(part) for part in text.split("~"))
    shapes = {stream.name: stream.timed for stream in STREAMS}
    return {match[1]: match[2] for match in parts if match and shapes.get(match[1]) is ("@" in match[2])}


def _place(sources: Sequence[_Source], places: Mapping[str, str]) -> str:
    keys = {**places, **{source.stream.name: source.key for source in sources if source.key}}
    return "~".join(f"{name}:{key}" for name, key in keys.items())


def _operations(company: Company) -> QuerySet[Operation]:
    mine = Operation.objects.filter(company_uuid=company.uuid, account=company.account_id)
    return mine.select_related("actor").order_by("-id")


def _deliveries(company: Company) -> QuerySet[Delivery]:
    mine = Delivery.objects.filter(company_uuid=company.uuid, account=company.account_id)
    return mine.defer("body", "traceback", "headers").order_by("-id")


def _calls(company: Company) -> QuerySet[ApiCall]:
    mine = ApiCall.objects.filter(company_uuid=company.uuid, account=company.account_id)
    return mine.order_by("-at", "-id")


def _call_key(call: ApiCall) -> str:
    return f"{(call.at - _EPOCH) // _MICROSECOND}@{call.pk}"


def _call_before(key: str) -> Q:
    moment, _at, pk = key.partition("@")
    at = _EPOCH + min(int(moment), _LONGEST) * _MICROSECOND
    return Q(at__lt=at) | Q(at=at, pk__lt=int(pk))


STREAMS = (
    Stream(
        "acts",
        ACTS,
        lambda company: _operations(company).exclude(kind__startswith=_INVOICES),
        lambda row: row.created_at,
    ),
    Stream(
        "told",
        TOLD,
        lambda company: _deliveries(company).exclude(event__startswith=_DOCUMENTS),
        lambda row: row.received_at,
    ),
    Stream(
        "changes",
        CHANGES,
        lambda company: StateChange.objects.filter(company=company).select_related("actor").order_by("-id"),
        lambda row: row.recorded_at,
    ),
    Stream(
        "notes",
        NOTES,
        lambda company: Note.objects.filter(company=company).select_related("author").order_by("-id"),
        lambda row: row.created_at,
    ),
    Stream("calls", CALLS, _calls, lambda row: row.at, _call_key, _call_before, timed=True),
    Stream(
        "invoice_acts",
        INVOICES,
        lambda company: _operations(company).filter(kind__startswith=_INVOICES),
        lambda row: row.created_at,
    ),
    Stream(
        "invoice_told",
        INVOICES,
        lambda company: _deliveries(company).filter(event__startswith=_DOCUMENTS),
        lambda row: row.received_at,
    ),
)
