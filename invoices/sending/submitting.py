"""From the files that staff gave to operations: stored first, each content once, however often it is given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from companies.models import Company
from invoices.enums import FileOutcome
from invoices.models import Invoice, Upload, invoice_uuid
from invoices.operations import Send, SendParameters, sendings
from invoices.sending import defaults, intake
from invoices.sending.archives import GivenFile
from invoices.sending.concerns import Concern
from invoices.sending.intake import Taken
from invoices.services import SendingOptions
from portal.operations import queueing
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount

Text = str | Promise


class Outcome(StrEnum):
    QUEUED = "queued"
    SAME = "same"  # the same content is under way, or was sent before
    REFUSED = "refused"  # a policy says no
    UNCLEAR = "unclear"  # nobody knows which company sends it
    UNREADABLE = "unreadable"  # the file itself cannot be sent


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


_UNSENDABLE = {FileOutcome.UNREADABLE: Outcome.UNREADABLE, FileOutcome.UNCLEAR: Outcome.UNCLEAR}


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
    Store files of one company and queue their sending; returns one Given for each. Nothing is raised for a bad file.

    :param copy: a number above 0 sends content once more on purpose; the same number again is the same invoice again
    """
    chunks = intake.take(company.account, files, company=company, actor=actor, copy=copy)
    return [given for taken in chunks for given in queue_taken(company.account, taken, actor, batch, options)]


def queue_taken(
    account: PartnerAccount,
    taken: Sequence[Taken],
    actor: Any,
    batch: Batch | None = None,
    options: SendingOptions | None = None,
) -> list[Given]:
    """Queue the sending of files that were taken in; returns one Given for each, in their order."""
    uploads = {one.upload.pk: one.upload for one in taken if one.upload}
    queued = {given.upload.pk: given for given in _queue(account, list(uploads.values()), actor, batch, options)
              if given.upload}  # fmt: skip
    return [_given(one, queued) for one in taken]


def _given(one: Taken, queued: dict[int, Given]) -> Given:
    if one.upload is None:
        return Given(one.name, _UNSENDABLE[one.outcome], one.text, one.remedy, concerns=one.concerns)
    found = queued[one.upload.pk]
    if one.outcome == FileOutcome.SAME and found.outcome == Outcome.QUEUED:  # its twin among these files is queued
        return Given(one.name, Outcome.SAME, one.text, one.remedy, one.upload, found.operation, concerns=one.concerns)
    return Given(
        one.name, found.outcome, found.text, found.remedy, found.upload, found.operation, found.invoice, one.concerns
    )


def send_uploads(
    uploads: Sequence[Upload], *, actor: Any, batch: Batch | None = None, options: SendingOptions | None = None
) -> list[Given]:
    """Queue the sending of files of one account that were stored before (by a preview)."""
    return _queue(uploads[0].account, uploads, actor, batch, options) if uploads else []


def send_copy(upload: Upload, copy: int, *, actor: Any) -> Given:
    """Queue the same content once more on purpose, as the copy of that number."""
    uuid = invoice_uuid(upload.account.key, upload.company.uuid, upload.content_sha256, copy)
    facts = {name: getattr(upload, name) for name in _COPIED}
    again, _new = Upload.objects.get_or_create(
        account=upload.account,
        uuid=uuid,
        defaults={**facts, "copy": copy, "created_by": actor, "replaces": upload.uuid},
    )
    return _queue(upload.account, [again], actor, None, None)[0]


_COPIED = ("company", "content_sha256", "sha256", "size", "name", "format", "number", "receiver")


def next_copy(upload: Upload) -> int:
    """Return the number of the next copy of a content."""
    same = Upload.objects.filter(company=upload.company_id, content_sha256=upload.content_sha256)
    return int(same.aggregate(highest=Max("copy"))["highest"] or 0) + 1


def _queue(
    account: PartnerAccount,
    uploads: Sequence[Upload],
    actor: Any,
    batch: Batch | None,
    options: SendingOptions | None,
) -> list[Given]:
    """Queue some hundred uploads with few statements; returns one Given for each, in their order."""
    chosen = defaults.options_of({upload.company_id for upload in uploads}, options)
    rows = [
        queueing.Row(
            upload, SendParameters(sha256=upload.sha256, options=chosen[upload.company_id]), upload.company.uuid
        )
        for upload in uploads
    ]
    sendings.note(uploads)
    queued = queueing.queue_many(Send.kind, rows, account=account, actor=actor, batch=batch)
    created = {operation.target_id: operation for operation in queued.created}
    refused = {refusal.target.pk: refusal for refusal in queued.refused}
    known = sendings.look_up([upload for upload in uploads if upload.pk not in created])
    return [_queued(upload, created.get(upload.pk), refused.get(upload.pk), known) for upload in uploads]


def _queued(
    upload: Upload, operation: Operation | None, refusal: queueing.Refusal | None, known: sendings.Known
) -> Given:
    if operation:
        return Given(upload.name, Outcome.QUEUED, _("Queued: %(file)s.") % {"file": upload.name}, "", upload, operation)
    if refusal and upload.pk not in known.invoices and upload.pk not in known.under_way:
        return Given(upload.name, Outcome.REFUSED, refusal.reason, refusal.remedy, upload)
    latest = upload.operations.filter(kind=Send.kind).order_by("-pk").first()
    return Given(upload.name, Outcome.SAME, *known.why(upload), upload, latest, known.invoices.get(upload.pk))
