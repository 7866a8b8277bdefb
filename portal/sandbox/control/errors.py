"""Errors of the control API and of the pages, and who may call them."""

from urllib.parse import urlsplit

from starlette.requests import Request


class WrongInputError(Exception):
    """The text says what to give instead; answered with 400."""


class UnknownError(Exception):
    """Nothing has that id; answered with 404."""


def from_elsewhere(request: Request) -> bool:
    """Whether a browser sends a change from a page of another origin: such a page must not steer the simulator."""
    origin = request.headers.get("origin")
    if request.method == "GET" or not origin:
        return False
    return urlsplit(origin).netloc != request.headers.get("host")
