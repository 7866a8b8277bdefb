"""
Letters in a ZIP, and what becomes of them.

| what is so                                          | outcome                                 |
| --------------------------------------------------- | --------------------------------------- |
| not base64, `hash` or `zipHash` is not its SHA-1    | refused                                 |
| no ZIP, encrypted, more than 1,000 files, no letter | refused                                 |
| a PDF that is none, or has a password               | taken, then `ERROR`                     |
| the company is registered in test mode              | taken, then `OK TEST MODE, NOT PRINTED` |
| else                                                | `OK RECEIVED`, a day later `OK PRINTED` |

A letter is a PDF (with PDFXML) or an EPL file: .epl, .prn or .txt (with EPL).
"""

import base64
import binascii
import hashlib
import io
import zipfile
import zlib

from portal.sandbox.world import World, job

MAX_FILES = 1000
MAX_BYTES = 200 * 1024 * 1024
LETTERS = {"PDFXML": (".pdf",), "EPL": (".epl", ".prn", ".txt")}

RECEIVED, PRINTED, NOT_PRINTED = "OK RECEIVED", "OK PRINTED", "OK TEST MODE, NOT PRINTED"
UNPRINTABLE = "ERROR: PDF CANNOT BE PRINTED"


class LettersError(Exception):
    """Why nothing is taken; the text is the answer, without its `ERROR: `."""


def unpacked(text: str, *hashes: str) -> bytes:
    """
    The ZIP of a form, checked against its hashes; a blank is a plus that nobody encoded.

    :raises LettersError: not base64, or another hash
    """
    try:
        content = base64.b64decode("".join(text.replace(" ", "+").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise LettersError("FILE IS NOT BASE64") from error
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if any(given.lower() != sha1 for given in hashes):
        raise LettersError("HASH DOES NOT MATCH FILE")
    return content


def letters_of(content: bytes, document_type: str) -> list[bytes]:
    """:raises LettersError: no ZIP, or nothing to print in it"""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check(entries)
            endings = LETTERS[document_type]
            found = [archive.read(entry) for entry in entries if entry.filename.lower().endswith(endings)]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise LettersError("FILE IS NOT A VALID ZIP") from error
    if not found:
        raise LettersError(f"NO {document_type} LETTERS IN ZIP")
    return found


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise LettersError("ZIP IS TOO LARGE")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise LettersError("ZIP IS ENCRYPTED")


def first_status(letters: list[bytes], document_type: str, *, test_mode: bool) -> str:
    """What the status call tells at once, and what `finish` moves on from."""
    if document_type == "PDFXML" and not all(_printable(letter) for letter in letters):
        return UNPRINTABLE
    return NOT_PRINTED if test_mode else RECEIVED


def _printable(pdf: bytes) -> bool:
    return pdf.lstrip()[:5] == b"%PDF-" and b"/Encrypt" not in pdf


@job("print_letters")
def finish(world: World, job_id: int) -> None:
    with world.write() as db:
        db.execute("update print_jobs set status = ? where id = ? and status = ?", (PRINTED, job_id, RECEIVED))
