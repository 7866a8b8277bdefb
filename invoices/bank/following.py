"""Following bank messages: the fate of sent ones, and what consumers and the network send back, by company."""

import uuid as uuids
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.bank import writing
from invoices.enums import Direction
from invoices.files import storing
from invoices.models import BankMessage
from invoices.services.bank_messages import ERROR, RECEIVER_INFO, BankMessageService, ListedMessage
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import cursors, paces, registry
from portal.sync.feeds import Feed, Look, Page, Place, Read, Scope, Watch, Window
from portal.sync.upsert import Written

_AHEAD = timedelta(hours=1)
_BEGINNING = timedelta(days=90)
Listed = tuple[str, ListedMessage]


@registry.register
class BankMessages(Feed[Listed]):
    """What consumers asked their banks for, and refusals of the bank network, of one company."""

    name = "invoices.bank_messages"
    label = _("Bank messages of a company")
    scope = Scope.COMPANY
    every = timedelta(hours=1)
    slowest = timedelta(hours=12)
    overlap = timedelta(hours=2)
    first_window = _BEGINNING
    model = BankMessage

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[Listed]]:
        service = BankMessageService(client)
        since, until = window.since or window.until - _BEGINNING, window.until + _AHEAD
        yield Page([(RECEIVER_INFO, one) for one in service.received(since, until)])
        yield Page([(ERROR, one) for one in service.errors(since, until)])

    def write(self, place: Place, reads: Sequence[Read[Listed]]) -> Written:
        uuid = place.company_uuid
        company = Company.objects.filter(account=place.account, uuid=uuid).first() if uuid else None
        items = [item for read in reads for item in read.page.items]
        if company is None:
            return Written(unchanged=len(items))
        rows = [_received(company, kind, one) for kind, one in items]
        known = set(BankMessage.objects.filter(uuid__in=[row.uuid for row in rows]).values_list("uuid", flat=True))
        new = [row for row in rows if row.uuid not in known]
        BankMessage.objects.bulk_create(new, ignore_conflicts=True)
        made = BankMessage.objects.filter(uuid__in=[row.uuid for row in new]).values_list("pk", flat=True)
        return Written(inserted=list(made), unchanged=len(items) - len(new))


def _received(company: Company, kind: str, one: ListedMessage) -> BankMessage:
    now = timezone.now()
    return BankMessage(
        account_id=company.account_id,
        company=company,
        uuid=uuids.uuid5(company.uuid, f"{kind}:{one.id}"),
        direction=Direction.RECEIVED,
        kind=kind,
        remote_id=one.id[:64],
        created_at=one.created_at or now,
        next_check_at=now,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look brought: the fate of a sent message, or the content of a received one."""

    status: str
    error_text: str
    stored: storing.Stored | None
    bank: str = ""


@registry.register
class BankMessageWatch(Watch[BankMessage, Seen]):
    """Sent bank messages that nobody has answered, and received ones whose content is not here."""

    name = "invoices.bank_message_watch"
    label = _("Bank messages")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[BankMessage]:
        rows = BankMessage.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(rows.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: BankMessage) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: BankMessage) -> Seen:
        service = BankMessageService(client)
        if row.direction == Direction.SENT:
            told = service.status(row.remote_id)
            text = service.error_message(told.error_message_id) if told.error_message_id else b""
            return Seen((told.status or "").upper(), "; ".join(writing.texts_of(text, "ErrorText")), None)
        read = service.error_message if row.kind == ERROR else service.received_message
        content = read(row.remote_id)
        errors = "; ".join(writing.texts_of(content, "ErrorText"))
        return Seen("", errors, storing.store(content), writing.bank_of(content))

    def write(self, account: PartnerAccount, looks: list[Look[BankMessage, Seen]]) -> int:
        for look in looks:
            changes: dict[str, Any] = {"status": look.seen.status[:30], "error_text": look.seen.error_text[:2000]}
            if look.seen.stored:
                changes |= {"sha256": look.seen.stored.sha256, "size": look.seen.stored.size, "bank": look.seen.bank}
            BankMessage.objects.filter(pk=look.row.pk).update(**changes)
        return len(looks)

    def next_check(self, look: Look[BankMessage, Seen]) -> datetime | None:
        waits = look.row.direction == Direction.SENT and not look.seen.status
        return paces.by_age(look.row.created_at, longest=timedelta(hours=2)) if waits else None


def follow(company: Company) -> None:
    """Read what the banks send back to a company, from now on and with the next beat."""
    cursors.follow(BankMessages.name, company.account, [company.uuid])
    cursors.hurry(BankMessages.name, company.account, company.uuid)
