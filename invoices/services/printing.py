"""
Mass printing in Finland (Payslip): form posts answered by text. HTTP 200 is no success: the text says how it went.

Registering succeeds with `OK`, sending with a text that begins with `OK`; anything else is the reason.
"""

import base64
import hashlib
from typing import BinaryIO
from uuid import UUID

import msgspec

from portal import maventa
from portal.maventa import Api

CODE = "printing"  # of refusals: the service words them as text only
VERSION = "AutoInvoice Partner Portal 0.1"
_KEYS = "keys"  # any scope sends the company's id and our key as headers


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    company_name: str
    email: str
    password: str
    test_mode: bool
    notify: bool


class Letters(msgspec.Struct, frozen=True, kw_only=True):
    """How a ZIP of letters is printed."""

    filename: str  # ours, used once
    document_type: str = "PDFXML"  # or EPL
    letter_class: str = "priority"  # or economy
    color_print: bool = False
    duplex: bool = False
    license_key: str = ""
    license_meta: str = ""


class PrintingService:
    """Mass printing for the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def register(self, wanted: Registration) -> str:
        """
        Register the company and return the answer's text. Source: PostRegister.

        :raises maventa.RejectedError: the text is no OK; it is the error's text
        """
        form = {
            "sw_api_key": maventa.VENDOR_KEY,
            "company_uuid": wanted.company,
            "company_name": wanted.company_name,
            "user_email": wanted.email,
            "user_pw": wanted.password,
            "test_mode": "1" if wanted.test_mode else "0",
            "disable_notify_on_complete": "0" if wanted.notify else "1",
        }
        text = self._post("/register", form, scope=None)
        if text != "OK":
            raise _refusal(text)
        return text

    def send(self, letters: Letters, zipped: BinaryIO) -> str:
        """
        Hand over a ZIP of letters under a file name of ours; returns the text after OK. Source: PostInputPublic.

        :raises maventa.RejectedError: the text does not begin with OK
        """
        content = zipped.read()
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        form = {
            "sw_api_key": maventa.VENDOR_KEY,
            "filename": letters.filename,
            "file": base64.b64encode(content).decode(),
            "hash": digest,
            "zipHash": digest,
            "document_type": letters.document_type,
            "letter_class": letters.letter_class,
            "color_print": letters.color_print,
            "duplex": letters.duplex,
            "version": VERSION,
            "license_key": letters.license_key or None,
            "license_meta": letters.license_meta or None,
        }
        text = self._post("/input_public", form, scope=_KEYS)
        if not text.startswith("OK"):
            raise _refusal(text)
        return text.removeprefix("OK").strip()

    def status(self, filename: str) -> str:
        """Return what is said of a file, OK or ERROR in front; the words are not published. Source: PostFileStatus."""
        return self._post("/file_status", {"filename": filename}, scope=_KEYS, reads=True)

    def _post(self, path: str, form: dict[str, object], *, scope: str | None, reads: bool | None = None) -> str:
        answer = self._client.call(Api.PAYSLIP, "POST", path, answer=maventa.Whole, scope=scope, form=form, reads=reads)
        text = answer.text.strip()
        if not text or text.startswith("<"):
            raise maventa.UnexpectedResponseError("an empty answer or a page instead of a text")
        return text[:2000]


def _refusal(text: str) -> maventa.RejectedError:
    return maventa.RejectedError(200, CODE, text.removeprefix("ERROR:").strip() or text)
