"""What stands in a stored invoice, for pages that show it."""

from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from invoices import documents
from invoices.documents import Details, Document
from invoices.files import xml
from invoices.files.xml import UnreadableFileError

MOST_BYTES = 64 * 2**20  # an invoice that is larger is given as a file, not drawn
_MOST_LINES = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """An invoice as read. `why_not`: it cannot be shown, in staff words; then the others are empty."""

    document: Document
    details: Details
    lines_left_out: int = 0
    why_not: str = ""

    @property
    def lines(self) -> tuple[documents.Line, ...]:
        return self.details.lines[:_MOST_LINES]


def read(stream: BinaryIO) -> Reading:
    """Read an invoice's XML; a format that the portal does not know is no error, but says so."""
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return _none(_("The file is too large to be shown. Download it."))
    try:
        document = documents.read(*xml.parse_enveloped(content))
        if not document.is_read:
            return _none(_("The portal does not read this format. See the image, or download the file."))
        details = document.details
    except UnreadableFileError as error:
        return _none(f"{error.text} {error.remedy}")
    return Reading(document, details, max(len(details.lines) - _MOST_LINES, 0))


def _none(why: str) -> Reading:
    return Reading(Document(), Details(), why_not=why)
