"""Errors that no entry fits: recognised again whatever numbers they mention, counted, explained by staff."""

import hashlib
import re
from collections.abc import Callable

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from portal.atlas import catalogue
from portal.atlas.models import UnknownError

PREFIX = "unknown:"  # of keys, before the row's id
_CACHED = "atlas-explained"
_SECONDS = 60.0  # what staff write is forgotten here at once, by other processes within this
# What differs from case to case, and may be personal.
_CHANGING = (
    (re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+"), "@"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "#"),
    (re.compile(r"\S*\d[\d\s.,:/-]*\d\S*|\d"), "#"),
    (re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'"), "“…”"),
    (re.compile(r"\s+"), " "),
)
Explained = Callable[[str, str], None]  # key, who acts
_listeners: list[Explained] = []


def on_explained(listener: Explained) -> None:
    """Be told when staff explain an error, to carry whose move it is into rows that have it."""
    _listeners.append(listener)


def shape_of(text: str) -> str:
    """Return a text without what differs from case to case."""
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text.replace("\x00", "").strip()[:500]


def key_of(area: str, code: str, text: str, *, counted: bool = True) -> str:
    """
    Return the key under which an error is kept: an entry's, or that of a row for what no entry fits.

    Inside a transaction: the row is made, and counted unless this happening was counted before.
    """
    entry = catalogue.match(area, code, text)
    return entry.key if entry else f"{PREFIX}{_note(area, code, text, counted=counted)}"


def row_of(area: str, code: str, text: str) -> UnknownError | None:
    """Return the row of an error that no entry fits, if it was met before."""
    return UnknownError.objects.filter(area=area, digest=_digest(code, text)).first()


def words_of(key: str) -> str:
    """Return AutoInvoice's words behind a stored key, without what differs from case to case; "" for other keys."""
    pk = key.removeprefix(PREFIX)
    row = UnknownError.objects.filter(pk=pk).first() if pk.isdecimal() else None
    return (row.text or row.code) if row else ""


def explained() -> dict[int, UnknownError]:
    """Return the rows that staff have explained, by id; few, and kept for a while."""
    found: dict[int, UnknownError] | None = cache.get(_CACHED)
    if found is None:
        rows = UnknownError.objects.exclude(cause="").exclude(remedy="")
        found = rows.in_bulk()
        cache.set(_CACHED, found, _SECONDS)
    return found


def tell(row: UnknownError) -> None:
    """Let everybody know that staff have explained an error, or taken it back."""
    cache.delete(_CACHED)
    for listener in _listeners:
        listener(f"{PREFIX}{row.pk}", row.by if row.is_explained else "support")


def _note(area: str, code: str, text: str, *, counted: bool) -> int:
    digest, known = _digest(code, text), UnknownError.objects.filter(area=area)
    for _try in range(2):
        pk = known.filter(digest=digest).values_list("pk", flat=True).first()
        if pk is not None:
            if counted:
                known.filter(pk=pk).update(count=F("count") + 1, last_at=timezone.now())
            return int(pk)
        try:
            with transaction.atomic():
                row = known.create(
                    area=area, code=code[:80], text=shape_of(text), digest=digest, count=1 if counted else 0
                )
        except IntegrityError:  # another process met it in the same moment
            continue
        return int(row.pk)
    raise LookupError(f"{area}: unknown error {digest} cannot be kept")


def _digest(code: str, text: str) -> str:
    return hashlib.sha256(f"{code}\n{shape_of(text)}".encode()).hexdigest()
