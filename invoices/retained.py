"""For how long what was given to send, and the files of invoices and documents, are kept."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction, DropState
from invoices.models import (
    BankMessage,
    DocumentDraft,
    DocumentFile,
    Drop,
    DropFile,
    EarlierFile,
    HandOver,
    Invoice,
    InvoiceFile,
    PrintJob,
    Upload,
    stored_path,
)
from portal.operations.models import Operation
from portal.retention import Folder, Ids, Kind, Stay, protect, register, register_folder

_MODELS: tuple[Any, ...] = (InvoiceFile, EarlierFile, Upload, DocumentFile, DocumentDraft, PrintJob, BankMessage)
_TEN_YEARS, _SEVEN_YEARS = 3_653, 2_557  # days


def drop_contents(ids: Ids) -> list[str]:
    """Let go of what came in with old drops, and of drops that never came in whole."""
    drops = Drop.objects.filter(pk__in=ids)
    paths = [stored_path(one["sha256"]) for drop in drops.only("given") for one in drop.given]
    drops.filter(state=DropState.GIVING).delete()
    drops.update(given=[])
    return paths


def remove_invoice_files(ids: Ids) -> list[str]:
    digests = InvoiceFile.objects.filter(pk__in=ids).values_list("sha256", flat=True)
    earlier = EarlierFile.objects.filter(file__in=ids).values_list("sha256", flat=True)
    paths = [stored_path(digest) for digest in {*digests, *earlier}]
    InvoiceFile.objects.filter(pk__in=ids).delete()
    return paths


def remove_document_files(ids: Ids) -> list[str]:
    paths = [stored_path(one) for one in DocumentFile.objects.filter(pk__in=ids).values_list("sha256", flat=True)]
    DocumentFile.objects.filter(pk__in=ids).delete()
    return paths


def files_on_their_way(ids: Ids) -> Collection[int]:
    """Return those files whose invoice has not reached its customer's system."""
    owed = HandOver.objects.filter(done_at=None, invoice__files__in=ids).values("invoice")
    return set(InvoiceFile.objects.filter(pk__in=ids, invoice__in=owed).values_list("pk", flat=True))


def sendings_without_invoice(ids: Ids) -> Collection[int]:
    """Return those operations that sent a file which never became an invoice: they say what became of it."""
    about = Operation.objects.filter(pk__in=ids, target_type__app_label="invoices", target_type__model="upload")
    of = dict(about.values_list("pk", "target_id"))
    uuids = dict(Upload.objects.filter(pk__in=set(of.values())).values_list("pk", "uuid"))
    arrived = set(Invoice.objects.filter(uuid__in=set(uuids.values())).values_list("uuid", flat=True))
    return [pk for pk, upload in of.items() if upload in uuids and uuids[upload] not in arrived]


def needed(paths: Collection[str]) -> Collection[str]:
    """Return those paths under which bytes lie that a row names."""
    by_digest = {path.rpartition("/")[2]: path for path in paths}
    found: set[str] = set()
    for model in _MODELS:
        found |= set(model.objects.filter(sha256__in=by_digest).values_list("sha256", flat=True))
    # One of many files that waits for somebody to say whose it is.
    undecided = DropFile.objects.filter(sha256__in=by_digest, upload=None)
    found |= set(undecided.values_list("sha256", flat=True))
    if left := by_digest.keys() - found:
        found |= left & set(_listed())
    return {by_digest[digest] for digest in found}


def _listed() -> Iterable[str]:
    """Return the digests that rows keep in lists: what came in with drops, and attachments of drafts."""
    for given in Drop.objects.exclude(given=[]).values_list("given", flat=True).iterator():
        yield from (one["sha256"] for one in given)
    for attachments in DocumentDraft.objects.exclude(attachments=[]).values_list("attachments", flat=True).iterator():
        yield from (one["sha256"] for one in attachments)


protect("operations.operations", _("Sent a file that never became an invoice"), sendings_without_invoice)
register(
    Kind(
        name="invoices.drops",
        label=_("Contents of files given together"),
        model_label="invoices.Drop",
        made="created_at",
        age="created_at",
        days=14,
        lowest=1,
        why=_("ZIPs and folders as they came. What was read of them stays; files that were sent stay with their row."),
        may_go=~Q(given=[]) & ~Q(state=DropState.READING) | Q(state=DropState.GIVING),
        open_label=_("Being read, or only the rows are left"),
        remove=drop_contents,
        describe=lambda drop: f"#{drop.pk}",
    )
)
register(
    Kind(
        name="invoices.files",
        label=_("Files of invoices"),
        model_label="invoices.InvoiceFile",
        made="stored_at",
        age="stored_at",
        days=_TEN_YEARS,
        lowest=_SEVEN_YEARS,
        why=_(
            "Originals, images and attachments as AutoInvoice gave them: vouchers of the customers' books, which the "
            "law keeps for six to ten years. The invoice's own row stays."
        ),
        may_go=~Q(invoice__direction=Direction.RECEIVED, invoice__handled_at=None),
        open_label=_("AutoInvoice has not been told yet that it is saved here"),
        is_on=False,
        remove=remove_invoice_files,
        describe=lambda file: f"#{file.pk} {file.name}",
        stays=[Stay(_("On its way to the customer's system"), files_on_their_way)],
    )
)
register(
    Kind(
        name="invoices.document_files",
        label=_("Files of documents"),
        model_label="invoices.DocumentFile",
        made="stored_at",
        age="stored_at",
        days=_TEN_YEARS,
        lowest=_SEVEN_YEARS,
        why=_("Orders, responses and their attachments as AutoInvoice gave them. The document's own row stays."),
        is_on=False,
        remove=remove_document_files,
        describe=lambda file: f"#{file.pk} {file.name}",
    )
)
register_folder(Folder("invoices", _("Files of invoices and documents"), needed))
