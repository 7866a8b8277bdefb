"""Reading what staff give to be printed: PDFs or EPL files, loose or in ZIPs, each checked before it costs postage."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from invoices.files.xml import UnreadableFileError
from invoices.following.looking import file_name
from invoices.sending import packages

PDF, EPL = "PDFXML", "EPL"
MAX_LETTERS = 2000  # of one go
MAX_BYTES = 200 * 2**20  # of one go
_MOST_PAGES = 500  # of one letter
_ENDINGS = {PDF: (".pdf",), EPL: (".epl", ".prn", ".txt")}
_A4, _TOLERANCE = (595.3, 841.9), 15.0  # points; some 5 mm


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that can be printed. `doubts`: what staff should look at before."""

    name: str
    content: bytes = field(repr=False)
    pages: int | None  # None: EPL tells nothing
    doubts: tuple[str, ...] = ()


def read(files: Sequence[tuple[str, bytes]], kind: str) -> list[Letter]:
    """
    Return the letters in the given files, in their order, each with a name of its own.

    :raises UnreadableFileError: one of them cannot be printed; its name is in the text
    """
    letters: list[Letter] = []
    taken: set[str] = set()
    for name, content in _flat(files):
        letter = _read_one(name, content, kind)
        letters.append(Letter(_own_name(letter.name, taken), letter.content, letter.pages, letter.doubts))
        if len(letters) > MAX_LETTERS:
            raise UnreadableFileError(
                _("These are more than %(count)s letters.") % {"count": MAX_LETTERS}, _("Print them in several goes.")
            )
    return letters


def _flat(files: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in files:
        if not packages.is_zip(content[:4]):
            yield name, content
            continue
        try:
            unpacked = packages.unpack(content)
        except UnreadableFileError as error:
            raise UnreadableFileError(f"{name}: {error.text}", error.remedy) from error
        if not unpacked:
            raise UnreadableFileError(_("%(name)s: The ZIP is empty.") % {"name": name})
        yield from unpacked.items()


def _own_name(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    own, number = name, 2
    while own.casefold() in taken:
        own, number = f"{stem}-{number}{dot}{ending}", number + 1
    taken.add(own.casefold())
    return own


def _read_one(path: str, content: bytes, kind: str) -> Letter:
    name = file_name(path)
    try:
        if not content:
            raise UnreadableFileError(_("The file is empty."), _("Leave it out."))
        if kind == PDF:
            pages, doubts = _read_pdf(content)
            return Letter(_ending_with(name, ".pdf"), content, pages, tuple(f"{name}: {doubt}" for doubt in doubts))
        if not name.lower().endswith(_ENDINGS[EPL]) or content.startswith(b"%PDF-"):
            raise UnreadableFileError(
                _("It is no EPL file."), _("EPL files end in .epl, .prn or .txt. Print PDFs as PDF letters.")
            )
        return Letter(name, content, None)
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{name}: {error.text}", error.remedy) from error


def _ending_with(name: str, ending: str) -> str:
    return name if name.lower().endswith(ending) else name + ending


def _read_pdf(content: bytes) -> tuple[int, list[str]]:
    if not content.lstrip()[:5] == b"%PDF-":
        raise UnreadableFileError(_("It is no PDF, whatever its name says."), _("Leave it out, or give the PDF."))
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise UnreadableFileError(
                _("The PDF is protected, so the printer cannot open it."), _("Save it without password and protection.")
            )
        pages = len(reader.pages)
        if not 0 < pages <= _MOST_PAGES:
            raise UnreadableFileError(
                _("The PDF has %(pages)s pages; 1 to %(most)s can be printed as a letter.")
                % {"pages": pages, "most": _MOST_PAGES},
                _("Check the file, or split it."),
            )
        return pages, _doubts(reader)
    except UnreadableFileError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        # pypdf stumbles over broken files in all these ways.
        raise UnreadableFileError(_("The PDF is broken."), _("Make it again; open it once to see it whole.")) from error


def _doubts(reader: PdfReader) -> list[str]:
    sizes = {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in reader.pages}
    odd = [size for size in sorted(sizes) if not _is_a4(size)]
    if not odd:
        return []
    shown = ", ".join(f"{width * 0.3528:.0f} × {height * 0.3528:.0f} mm" for width, height in odd[:3])
    return [_("pages of %(sizes)s; letters are printed on A4, so edges may be cut or shrunk") % {"sizes": shown}]


def _is_a4(size: tuple[int, int]) -> bool:
    return all(abs(given - wanted) <= _TOLERANCE for given, wanted in zip(sorted(size), _A4, strict=True))
