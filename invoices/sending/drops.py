"""
Many files given at once: taken in portion by portion, read by a worker, and sent as one batch.

One worker reads a drop at a time, by a lease in its row that runs out by itself. What was read stays when it dies: the
files are walked in the same order again, and those that have a row are passed over.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company
from invoices.enums import DropSends, DropState, FileOutcome
from invoices.files import storing
from invoices.files.xml import UnreadableFileError
from invoices.models import DocumentDraft, Drop, DropFile, Upload
from invoices.sending import archives, intake, recognising
from invoices.sending.archives import GivenFile, Loose
from invoices.sending.chains import SEND_MANY
from invoices.sending.intake import Taken
from invoices.services import SendingOptions
from invoices.trade import taking
from invoices.trade.chains import SEND_DOCUMENTS, ManyDocuments
from portal import writing
from portal.operations import batches, waking
from portal.operations.models import Batch
from portal.partners.models import PartnerAccount

TASK = "invoices.read_drop"
LEASE = timedelta(seconds=90)
LONGEST = 60.0  # seconds
AT_ONCE_BYTES = 4 * 2**20  # of files that are read while the browser waits
AT_ONCE_FILES = 20
MOST_FILES = 20_000


def begin(
    account: PartnerAccount,
    company: Company | None,
    *,
    actor: Any,
    sends: DropSends = DropSends.INVOICES,
    kind: str = "",
) -> Drop:
    """
    Return a new drop, without files yet.

    :param kind: AutoInvoice's type of documents that do not say it themselves
    """
    return Drop.objects.create(account=account, company=company, created_by=actor, sends=sends, type=kind)


def add(drop: Drop, files: Iterable[tuple[str, BinaryIO]]) -> None:
    """
    Store a portion of files as they came.

    :raises UnreadableFileError: there are too many
    """
    given = [_store(path, stream) for path, stream in files]
    with transaction.atomic():
        row = Drop.objects.select_for_update().get(pk=drop.pk)
        # A portion whose answer was lost is given again; other content under the same path is another file.
        drop.given = row.given + [one for one in given if one not in row.given]
        if len(drop.given) > MOST_FILES:
            raise UnreadableFileError(
                _("There are more than %(limit)d files.") % {"limit": MOST_FILES}, _("Give them in several goes.")
            )
        Drop.objects.filter(pk=drop.pk, state=DropState.GIVING).update(given=drop.given)


def _store(path: str, stream: BinaryIO) -> dict[str, Any]:
    def fetch(to: BinaryIO) -> None:
        while piece := stream.read(2**20):
            to.write(piece)

    stored, _nothing = storing.store_from(fetch)
    return {"path": path[:400], "sha256": stored.sha256, "size": stored.size}


def close(drop: Drop) -> None:
    """Nothing more comes: have it read, at once if it is small."""
    Drop.objects.filter(pk=drop.pk, state=DropState.GIVING).update(state=DropState.READING)
    drop.state = DropState.READING
    size = sum(one["size"] for one in drop.given)
    if size <= AT_ONCE_BYTES and len(drop.given) <= AT_ONCE_FILES:
        read(drop.pk)
        drop.refresh_from_db()
    else:
        transaction.on_commit(partial(waking.send, TASK, drop.pk))


def read(drop_id: int) -> None:
    """Read what is not read yet of a drop, unless another worker is at it; after a while another message goes on."""
    now, until = timezone.now(), time.monotonic() + LONGEST
    free = Drop.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), pk=drop_id, state=DropState.READING)
    if not free.update(leased_until=now + LEASE):
        return
    drop = Drop.objects.select_related("account", "company__account", "created_by").get(pk=drop_id)
    for chunk in intake.chunks(islice(_files(drop), drop.walked, None)):
        _read_chunk(drop, chunk)
        if time.monotonic() > until:
            Drop.objects.filter(pk=drop_id).update(leased_until=None)
            waking.send(TASK, drop_id)
            return
    Drop.objects.filter(pk=drop_id, state=DropState.READING).update(state=DropState.READ, leased_until=None)


def _read_chunk(drop: Drop, chunk: Sequence[GivenFile]) -> None:
    """Read some files, and write how far it went in the same transaction as their rows."""
    rows = _take(drop, chunk, drop.company, drop.created_by)
    with transaction.atomic():
        for number, row in enumerate(rows, drop.files.count() + 1):
            row.number = number
        writing.insert_many(rows, known_too=True)
        drop.walked += len(chunk)
        Drop.objects.filter(pk=drop.pk).update(leased_until=timezone.now() + LEASE, walked=drop.walked)


def _files(drop: Drop) -> Iterator[GivenFile]:
    loose = [Loose(one["path"], one["size"], partial(_opened, one["sha256"])) for one in drop.given]
    return archives.walk_documents(loose) if drop.sends == DropSends.DOCUMENTS else archives.walk(loose)


def _take(drop: Drop, chunk: Sequence[GivenFile], company: Company | None, actor: Any) -> list[DropFile]:
    """Return an unsaved row for each invoice or document in some hundred files."""
    if drop.sends == DropSends.DOCUMENTS:
        return taking.rows(drop, chunk, company, actor=actor)
    return [_row(drop, one) for one in intake.take_chunk(drop.account, chunk, company=company, actor=actor)]


def _opened(sha256: str) -> BinaryIO:
    try:
        return storing.opened(sha256)
    except FileNotFoundError:  # or it is not what it was
        text = _("The file is not in the storage any more.")
        raise UnreadableFileError(text, _("Give the file once more.")) from None


def _row(drop: Drop, one: Taken) -> DropFile:
    row = DropFile(
        drop=drop,
        path=one.name.replace("\x00", "")[-500:],
        outcome=one.outcome.value,
        text=str(one.text),
        remedy=str(one.remedy),
        concerns=_plain(one),
        company=one.company,
        upload=one.upload,
        sha256=one.sha256,
    )
    if one.inspected:
        document = one.inspected.document
        row.sender_key = recognising.sender_key(document.seller)
        row.sender, row.receiver = document.seller.name[:300], document.buyer.name[:300]
        row.document_number, row.kind = document.number[:100], document.kind.value
        row.total = _fitting(
            document.amounts.with_tax if document.amounts.with_tax is not None else document.amounts.payable
        )
        row.currency = document.currency[:10]
    return row


def _fitting(amount: Any) -> Any:
    """Return an amount as the column takes it; None for one that is far too large for an invoice."""
    return None if amount is None or abs(amount) >= 10**14 else round(amount, 4)


def _plain(one: Taken) -> list[dict[str, str]]:
    return [{"code": found.code, "text": str(found.text), "remedy": str(found.remedy)} for found in one.concerns]


def unclear(drop: Drop) -> Sequence[DropFile]:
    """Return a file of each sender that is not clear, with `count`: how many there are of it."""
    rows: dict[str, DropFile] = {}
    for row in drop.files.filter(outcome=FileOutcome.UNCLEAR).order_by("number"):
        first = rows.setdefault(row.sender_key, row)
        first.count = getattr(first, "count", 0) + 1  # type: ignore[attr-defined]  # for the page
    return list(rows.values())


def choose(drop: Drop, sender_key: str, company: Company, *, actor: Any) -> int:
    """Send all files of one sender as a company; returns how many they are."""
    changed = 0
    rows = drop.files.filter(outcome=FileOutcome.UNCLEAR, sender_key=sender_key).order_by("number")
    while chunk := list(rows[: intake.CHUNK]):
        contents = (_stored(row) for row in chunk)
        taken = [one for part in intake.chunks(contents) for one in _take(drop, part, company, actor)]
        with transaction.atomic():
            for row, new in zip(chunk, taken, strict=True):
                new.pk, new.number = row.pk, row.number
                new.save(force_update=True)
        changed += len(chunk)
    return changed


def _stored(row: DropFile) -> GivenFile:
    try:
        with _opened(row.sha256) as stream:
            return GivenFile(row.path, stream.read())
    except UnreadableFileError as exc:
        return GivenFile(row.path, error=exc)


def batch_of(drop: Drop, *, actor: Any, back: str = "") -> Batch | None:
    """Return the draft of the batch that sends what is ready, the same one however often asked; None: nothing is."""
    with transaction.atomic():
        drop = Drop.objects.select_for_update().get(pk=drop.pk)
        if drop.batch is not None:
            return drop.batch
        batch = _documents(drop, actor) if drop.sends == DropSends.DOCUMENTS else _invoices(drop, actor)
        if batch is None:
            return None
        batch.selection = {**batch.selection, "back": back}
        batch.save(update_fields=["selection"])
        Drop.objects.filter(pk=drop.pk).update(batch=batch)
        return batch


def _invoices(drop: Drop, actor: Any) -> Batch | None:
    if not (ids := _ready(drop, "upload")):
        return None
    label = ngettext("Send %(count)d invoice", "Send %(count)d invoices", len(ids)) % {"count": len(ids)}
    return batches.create_batch(
        SEND_MANY, Upload, ids, account=drop.account, actor=actor, label=label, parameters=SendingOptions()
    )


def _documents(drop: Drop, actor: Any) -> Batch | None:
    if not (ids := _ready(drop, "draft")):
        return None
    label = ngettext("Send %(count)d document", "Send %(count)d documents", len(ids)) % {"count": len(ids)}
    return batches.create_batch(
        SEND_DOCUMENTS, DocumentDraft, ids, account=drop.account, actor=actor, label=label, parameters=ManyDocuments()
    )


def _ready(drop: Drop, column: str) -> list[int]:
    """Return the ids of what was read and can be sent, each once."""
    ready = drop.files.filter(outcome=FileOutcome.READY, **{f"{column}__isnull": False})
    return list(ready.values_list(column, flat=True).distinct())


def due() -> list[int]:
    """Return the drops whose message was lost or whose worker died."""
    now = timezone.now()
    waiting = Drop.objects.filter(state=DropState.READING).filter(Q(leased_until=None) | Q(leased_until__lt=now))
    return list(
        waiting.filter(created_at__lt=now - timedelta(seconds=5))
        .order_by("created_at")
        .values_list("pk", flat=True)[:20]
    )
