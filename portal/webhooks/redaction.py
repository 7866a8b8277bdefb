"""Keeping webhook secrets out of pages and logs: they are parts of addresses, and addresses end up everywhere."""

import logging
import re
from urllib.parse import urlsplit

HIDDEN = "•••"
_OURS = re.compile(r"(/hooks/[0-9a-fA-F-]{36}/)[^/\s?#\"']+")


def redact(text: str) -> str:
    """Return a text with the secrets of our own webhook addresses hidden."""
    return _OURS.sub(rf"\g<1>{HIDDEN}", text)


def shown(destination: str) -> str:
    """Return a destination, ours or another's, without what may be secret: user, query, a path not ours."""
    try:
        parts = urlsplit(destination)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return HIDDEN
    ours = _OURS.search(parts.path)
    path = redact(parts.path) if ours else (f"/{HIDDEN}" if parts.path.strip("/") else "")
    return f"{parts.scheme}://{host}{port}{path}"[:500]


class _Redacting(logging.Filter):
    """Django logs the path of every refused request, web servers of every request: a wrong secret may be an old one."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if _OURS.search(text):
            record.msg, record.args = redact(text), ()
        return True


def install() -> None:
    """Hide the secrets in the logs of Django and of the web server."""
    for name in ("django.request", "django.server", "gunicorn.access", "gunicorn.error"):
        logger = logging.getLogger(name)
        if not any(isinstance(kept, _Redacting) for kept in logger.filters):
            logger.addFilter(_Redacting())
