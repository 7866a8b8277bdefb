"""Answers as typed frozen objects; refusals as errors."""

import email.utils
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from functools import cache
from typing import Annotated, Any

import msgspec
from django.utils import timezone

from portal.maventa.credentials import Credentials
from portal.maventa.errors import (
    MaventaError,
    OutcomeUnknownError,
    RejectedError,
    TemporaryError,
    UnexpectedResponseError,
)
from portal.maventa.transport import Reply, Request

# A moment in an answer: always with its zone. Use it for fields instead of datetime.
Instant = Annotated[datetime, msgspec.Meta(tz=True)]

_MASK = "•••"
_TRY_LATER = frozenset({408, 425, 429})  # by their definitions the request was not taken up
_LONGEST_WAIT = 86_400.0  # seconds; more than a day in Retry-After is a mistake


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """
    Base of the structs that answers become; unknown fields are ignored.

    Declare what the contract calls optional as `X | None = None` (it may be null), enum words as `str` (lists grow),
    sums as `Decimal` (exact), moments as `Instant`.
    """


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer with its headers, for what the body alone does not tell."""

    headers: Mapping[str, str]  # any case
    body: bytes

    @property
    def text(self) -> str:
        """Return the body by the charset that came with it, else as UTF-8, else as ISO-8859-15."""
        for encoding in (_charset(self.headers.get("Content-Type", "")), "utf-8-sig"):
            try:
                return self.body.decode(encoding).removeprefix("\ufeff")
            except (LookupError, UnicodeDecodeError):
                continue
        return self.body.decode("iso-8859-15")  # takes any byte

    def read(self, answer: Any) -> Any:
        """
        Return the JSON as `answer`, whatever charset it came in.

        :raises UnexpectedResponseError: it is something else; the path says where
        """
        return decode(Reply(200, self.headers, self.text.encode()), answer)


def _charset(content_type: str) -> str:
    """Return the charset that a content type names, UTF-8 when it names none."""
    message = Message()
    message["Content-Type"] = content_type or "text/plain"
    return message.get_content_charset() or "utf-8-sig"


@cache
def _decoder(answer: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(answer)


def decode(reply: Reply, answer: Any) -> Any:
    """
    Return the body as `answer`: a msgspec type, `bytes` or `str` as they are, `Whole`, None for nothing.

    :raises UnexpectedResponseError: it is something else; the path says where
    """
    if answer is None:
        return None
    if answer is bytes:
        return reply.body
    if answer is Whole:
        return Whole(reply.headers, reply.body)
    if answer is str:
        return _text(reply.body)
    try:
        return _decoder(answer).decode(reply.body)
    except msgspec.ValidationError as exc:
        reason, _, path = str(exc).partition(" - at `")
        raise UnexpectedResponseError(reason, path.rstrip("`") or "$") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UnexpectedResponseError(_not_json(reply)) from None


def error(reply: Reply, request: Request, credentials: Credentials) -> MaventaError:
    """Return what an answer outside 2xx means for the caller."""
    status, wait = reply.status, retry_after(reply)
    if status < 400:
        return UnexpectedResponseError(f"status {status}: another address, which is not followed")
    if status in _TRY_LATER:
        return TemporaryError(wait, f"status {status}")
    if status < 500 or status == 501:  # 501: there is no such function, nothing was carried out
        code, text, details = _said(reply, credentials)
        return RejectedError(status, code, text, details, request.scope if status == 401 else "")
    if request.reads or (status == 503 and "Retry-After" in reply.headers):
        return TemporaryError(wait, f"status {status}")
    return OutcomeUnknownError(f"status {status}", request.repeatable)


def retry_after(reply: Reply) -> float | None:
    """Return the seconds of Retry-After, which may be a number or a date; None without or with a broken one."""
    given = reply.headers.get("Retry-After", "").strip()
    if given.replace(".", "", 1).isdecimal():
        return min(float(given), _LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(given)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000": UTC without saying so
        moment = moment.replace(tzinfo=timezone.get_fixed_timezone(0))
    return min(max((moment - timezone.now()).total_seconds(), 0.0), _LONGEST_WAIT)


def _said(reply: Reply, credentials: Credentials) -> tuple[str, str, tuple[str, ...]]:
    """Return code, text and details of a refusal: JSON, or the plain text that mass printing answers with."""
    try:
        body = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        plain = "" if _is_html(reply) else reply.body[:500].decode(errors="replace").strip()
        return "", _without_keys(plain, credentials), ()
    if not isinstance(body, dict):
        return "", "", ()
    given = body.get("details") or []
    details = given if isinstance(given, list) else [given]
    code, text, *rest = (
        _without_keys(str(part), credentials) for part in (body.get("code") or "", body.get("message") or "", *details)
    )
    return code, text, tuple(rest)


def _without_keys(text: str, credentials: Credentials) -> str:
    for key in (credentials.user_key, credentials.vendor_key):
        if key:
            text = text.replace(key, _MASK)
    return text


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnexpectedResponseError("text that is not UTF-8") from None


def _not_json(reply: Reply) -> str:
    if not reply.body:
        return "an empty answer instead of JSON"
    if _is_html(reply):
        return "an HTML page instead of JSON"
    try:
        reply.body.decode()
    except UnicodeDecodeError:
        return "JSON that is not UTF-8"
    return "broken or truncated JSON"


def _is_html(reply: Reply) -> bool:
    return "html" in reply.headers.get("Content-Type", "").lower() or reply.body[:64].lstrip().startswith(b"<")
