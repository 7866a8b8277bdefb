"""
A ZIP as AutoInvoice takes it, made of loose files: the XML, the PDF of the same name as its image, and attachments.

The same files always make the same bytes, so that the same invoice given twice is known.
"""

import io
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from invoices.sending import packages

# Source: AutoInvoice's documentation of invoices' XML content. Peppol's receivers accept fewer.
ATTACHABLE = frozenset(
    "tif tiff jpg jpeg png gif txt xml xls xsl xlsx html htm pdf aix doc docx ods".split()  # noqa: SIM905  as documented
)
_STAMP = (2020, 1, 1, 0, 0, 0)


def pack(stem: str, invoice: bytes, others: Sequence[tuple[str, bytes]]) -> bytes:
    """
    Return the ZIP.

    :param stem: name of the invoice without ".xml"; a PDF of that name becomes the invoice's image
    :raises UnreadableFileError: a file of a kind that is not accepted, a PDF that is none, or too much of all
    """
    for name, content in others:
        _check(name, content)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(f"{stem}.xml", invoice), *sorted(others)]:
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    size = whole.tell()
    if size > packages.MAX_BYTES:
        raise UnreadableFileError(xml.too_large(size, packages.MAX_BYTES), _("Send fewer or smaller attachments."))
    return whole.getvalue()


def _check(name: str, content: bytes) -> None:
    suffix = PurePosixPath(name).suffix.lower().removeprefix(".")
    if suffix not in ATTACHABLE:
        raise UnreadableFileError(
            _("“%(name)s” cannot be attached: AutoInvoice takes no files of this kind.") % {"name": name},
            _("Give it as a PDF, or leave it out."),
        )
    if suffix == "pdf" and not content.lstrip()[:5] == b"%PDF-":
        raise UnreadableFileError(
            _("“%(name)s” is no PDF, whatever its name says.") % {"name": name},
            _("Give the PDF itself, or leave it out."),
        )
