"""From the files that staff gave to operations: stored first, each content once, however often it is given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from companies.models import Company
from invoices import checks, storing
from invoices.checks import Concern, Inspected
from invoices.models import Invoice, Upload, invoice_uuid
from invoices.operations import Send, SendParameters
from invoices.services import SendingOptions
from invoices.xml import UnreadableFileError
from portal.operations import queueing
from portal.operations.enums import OPEN_STATES
from portal.operations.handlers import AlreadyQueuedError, NotQueueableError
from portal.operations.models import Batch, Operation

Text = str | Promise


class Outcome(StrEnum):
    QUEUED = "queued"
    SAME = "same"  # the same content is under way, or was sent before
    REFUSED = "refused"  # a policy says no
    UNREADABLE = "unreadable"  # the file itself cannot be sent


@dataclass(frozen=True, slots=True)
class GivenFile:
    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one file."""

    name: str
    outcome: Outcome
    text: Text = ""
    remedy: Text = ""
    upload: Upload | None = None
    operation: Operation | None = None
    invoice: Invoice | None = None  # for SAME: the one that is there already
    concerns: tuple[Concern, ...] = ()

    @property
    def is_fine(self) -> bool:
        return self.outcome in (Outcome.QUEUED, Outcome.SAME)


def send_files(
    company: Company,
    files: Iterable[GivenFile],
    *,
    actor: Any,
    batch: Batch | None = None,
    copy: int = 0,
    options: SendingOptions | None = None,
) -> list[Given]:
    """
    Store files and queue their sending; returns one Given for each, in order. Nothing is raised for a bad file.

    :param copy: a number above 0 sends content once more on purpose; the same number again is the same invoice again
    """
    return [_send(company, file, actor, batch, copy, options or SendingOptions()) for file in files]


def send_uploads(
    uploads: Sequence[Upload], *, actor: Any, batch: Batch | None = None, options: SendingOptions | None = None
) -> list[Given]:
    """Queue the sending of files that were stored before (by a preview)."""
    return [_queue(upload, (), actor, batch, options or SendingOptions()) for upload in uploads]


def send_copy(upload: Upload, copy: int, *, actor: Any) -> Given:
    """Queue the same content once more on purpose, as the copy of that number."""
    again = _row(upload.company, upload.content_sha256, copy, _facts_of(upload), actor)
    return _queue(again, (), actor, None, SendingOptions())


def next_copy(upload: Upload) -> int:
    """Return the number of the next copy of a content."""
    same = Upload.objects.filter(company=upload.company_id, content_sha256=upload.content_sha256)
    return int(same.aggregate(highest=Max("copy"))["highest"] or 0) + 1


def keep(company: Company, file: GivenFile, inspected: Inspected, *, actor: Any, copy: int = 0) -> Upload:
    """Store one readable file, and return its row: the one that is there already for a known content."""
    stored = storing.store(file.content)
    document = inspected.document
    about = {
        "sha256": stored.sha256,
        "size": stored.size,
        "name": file.name.replace("\x00", "")[-255:] or inspected.package.xml_name[-255:],
        "format": document.format,
        "number": document.number[:100],
        "receiver": document.buyer.name[:300],
    }
    return _row(company, inspected.package.content_sha256, copy, about, actor)


def _row(company: Company, content_sha256: str, copy: int, about: dict[str, Any], actor: Any) -> Upload:
    uuid = invoice_uuid(company.account.key, company.uuid, content_sha256, copy)
    rest = {"company": company, "copy": copy, "content_sha256": content_sha256, "created_by": actor, **about}
    upload, _new = Upload.objects.get_or_create(account=company.account, uuid=uuid, defaults=rest)
    return upload


def _facts_of(upload: Upload) -> dict[str, Any]:
    return {name: getattr(upload, name) for name in ("sha256", "size", "name", "format", "number", "receiver")}


def _send(
    company: Company, file: GivenFile, actor: Any, batch: Batch | None, copy: int, options: SendingOptions
) -> Given:
    try:
        inspected = checks.inspect(file.content, file.name)
    except UnreadableFileError as exc:
        return Given(file.name, Outcome.UNREADABLE, exc.text, exc.remedy)
    concerns = tuple(checks.concerns(inspected, company))
    upload = keep(company, file, inspected, actor=actor, copy=copy)
    return _queue(upload, concerns, actor, batch, options)


def _queue(
    upload: Upload, concerns: tuple[Concern, ...], actor: Any, batch: Batch | None, options: SendingOptions
) -> Given:
    parameters = SendParameters(sha256=upload.sha256, options=options)
    company = upload.company
    try:
        with transaction.atomic():
            operation = queueing.queue(
                Send.kind,
                upload,
                parameters,
                account=company.account,
                actor=actor,
                batch=batch,
                company_uuid=company.uuid,
            )
    except NotQueueableError as exc:
        if isinstance(exc, AlreadyQueuedError) or _invoice_of(upload) or _is_under_way(upload):
            return _same(upload, exc, concerns)
        return Given(upload.name, Outcome.REFUSED, exc.reason, exc.remedy, upload=upload, concerns=concerns)
    text = _("Queued: %(file)s.") % {"file": upload.name}
    return Given(upload.name, Outcome.QUEUED, text, upload=upload, operation=operation, concerns=concerns)


def _same(upload: Upload, why: NotQueueableError, concerns: tuple[Concern, ...]) -> Given:
    return Given(
        upload.name,
        Outcome.SAME,
        why.reason,
        why.remedy,
        upload=upload,
        operation=upload.operations.filter(kind=Send.kind).order_by("-pk").first(),
        invoice=_invoice_of(upload),
        concerns=concerns,
    )


def _is_under_way(upload: Upload) -> bool:
    return bool(upload.operations.filter(kind=Send.kind, state__in=OPEN_STATES).exists())


def _invoice_of(upload: Upload) -> Invoice | None:
    return Invoice.objects.filter(account=upload.account_id, company=upload.company_id, uuid=upload.uuid).first()
