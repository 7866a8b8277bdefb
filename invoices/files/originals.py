"""The file behind an invoice: as staff gave it, else as it was fetched from AutoInvoice."""

import io
import zipfile

from django.utils.translation import gettext as _

from invoices.documents import Document, Party, read
from invoices.enums import FileKind
from invoices.files import storing, xml
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice, InvoiceFile, Upload
from invoices.sending import packages

_STAMP = (2000, 1, 1, 0, 0, 0)  # the same files make the same ZIP
_NOBODY = Party()


def upload_of(invoice: Invoice) -> Upload | None:
    """Return the given file that an invoice was sent from; None when other software sent it."""
    return Upload.objects.filter(account=invoice.account_id, uuid=invoice.uuid).select_related("company").first()


def is_here(invoice: Invoice) -> bool:
    """Tell whether an invoice's file can be had without asking AutoInvoice."""
    if upload := upload_of(invoice):
        return storing.is_there(upload.sha256)
    original = invoice.files.filter(kind=FileKind.ORIGINAL).first()
    return original is not None and storing.is_there(original.sha256)


def content_of(invoice: Invoice) -> bytes:
    """
    Return the XML, or a ZIP of it with its image and attachments.

    :raises UnreadableFileError: there is none here; text and remedy say so
    """
    upload = upload_of(invoice)
    try:
        return content_of_upload(upload) if upload else _fetched(invoice)
    except FileNotFoundError:
        raise _gone() from None


def content_of_upload(upload: Upload) -> bytes:
    """
    Return a given file's bytes.

    :raises FileNotFoundError: they are gone from the storage
    """
    with storing.opened(upload.sha256) as stream:
        return stream.read()


def document_of(content: bytes) -> Document:
    """
    Return what the XML of a file says.

    :raises UnreadableFileError: it cannot be read
    """
    return read(*xml.parse_enveloped(packages.read(content, "").xml))


def receiver_of(invoice: Invoice) -> Party:
    """Return the receiver as the invoice's file names it; an empty one when there is no file that can be read."""
    try:
        return document_of(content_of(invoice)).buyer
    except UnreadableFileError:
        return _NOBODY


def _fetched(invoice: Invoice) -> bytes:
    files = list(invoice.files.all())
    original = next((file for file in files if file.kind == FileKind.ORIGINAL), None)
    if original is None:
        raise _gone()
    others = [file for file in files if file is not original and _belongs(file)]
    if not others:
        return _bytes_of(original)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in (original, *others):
            entry = zipfile.ZipInfo("invoice.xml" if file is original else file.name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _bytes_of(file))
    return packed.getvalue()


def _belongs(file: InvoiceFile) -> bool:
    """Leave the image out: nobody says whether it came with the invoice, and AutoInvoice draws one anew."""
    return file.kind == FileKind.ATTACHMENT


def _bytes_of(file: InvoiceFile) -> bytes:
    with storing.opened(file.sha256) as stream:
        return stream.read()


def _gone() -> UnreadableFileError:
    return UnreadableFileError(
        _("The invoice's file is not here."),
        _("Press “Look up now” on the invoice's page to fetch it from AutoInvoice, or send the customer's new file."),
    )
