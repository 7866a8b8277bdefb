"""What a handler gets and gives: Call, Answer, Refusal, and the registry of simulated operations."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from portal.sandbox.company import Company
from portal.sandbox.routing import Operation

if TYPE_CHECKING:
    from portal.sandbox.world import World


@dataclass(slots=True)
class Upload:
    """One file part of a form."""

    filename: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Call:
    """
    One authorized and validated call.

    :ivar company: whom the token speaks for; None on open calls
    :ivar params: path and query parameters, typed, with the contract's defaults; arrays are lists; absent ones missing
    :ivar body: JSON or form fields, typed after the contract; empty if none came
    :ivar files: file parts by field name
    :ivar user_id: the user whose key made the token
    :ivar vendor_key: the vendor key the token was asked with
    :ivar headers: request headers, names in lower case
    :ivar url: the address called, without its query
    """

    world: "World"
    operation: Operation
    company: Company | None = None
    scopes: frozenset[str] = frozenset()
    params: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    files: dict[str, list[Upload]] = field(default_factory=dict)
    user_id: str | None = None
    vendor_key: str | None = None
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """What goes back; a body that is neither bytes nor text is written as JSON. None: an empty body."""

    status: int = 200
    body: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        if self.body is None and self.content_type == "application/json":
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str) and self.content_type != "application/json":
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


class Refusal(Exception):  # noqa: N818 (it is an answer, not a fault of ours)
    """
    A documented refusal: the condition's name in `x-error-conditions` of the operation, or of the whole API.

    Status, code and message come from the contract; details are one line each; `message` replaces the contract's.
    """

    def __init__(self, condition: str, details: Sequence[str] = (), message: str | None = None) -> None:
        super().__init__(condition, list(details), message)
        self.condition = condition
        self.details = list(details)
        self.message = message


Handler = Callable[[Call], Answer]
HANDLERS: dict[str, Handler] = {}
MOST_ROWS = 2**63 - 1  # SQLite takes no larger number


def simulates(*operation_ids: str) -> Callable[[Handler], Handler]:
    """Register the handler of one or more operations by operationId."""

    def register(handler: Handler) -> Handler:
        for operation_id in operation_ids:
            if operation_id in HANDLERS:
                raise ValueError(f"{operation_id} is simulated twice")
            HANDLERS[operation_id] = handler
        return handler

    return register


def slice_of(call: Call) -> tuple[int, int]:
    """How many rows the page asked for holds, and how many stand before it: SQL's limit and offset."""
    page, per_page = _paging(call)
    return per_page, min((page - 1) * per_page, MOST_ROWS)


def page_of(call: Call, rows_total: int, rows: Sequence[Any]) -> Answer:
    """A bare array with paging headers; `rows` are those of the page asked for, `rows_total` counts all."""
    page, per_page = _paging(call)
    pages = max(1, -(-rows_total // per_page))
    headers = {
        "X-Total": str(rows_total),
        "X-Total-Pages": str(pages),
        "X-Page": str(page),
        "X-Per-Page": str(per_page),
        "X-Next-Page": str(page + 1) if page < pages else "",
        "X-Prev-Page": str(page - 1) if 1 < page <= pages + 1 else "",
    }
    if links := _links(call, page, pages):
        headers["Link"] = links
    return Answer(body=list(rows), headers=headers)


def _links(call: Call, page: int, pages: int) -> str:
    targets = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    query = [(name, value) for name, value in call.query if name != "page"]
    return ", ".join(
        f'<{call.url}?{urlencode([*query, ("page", str(target))])}>; rel="{name}"'
        for name, target in targets.items()
        if 1 <= target <= pages
    )


def _paging(call: Call) -> tuple[int, int]:
    return int(call.params.get("page", 1)), int(call.params.get("per_page", 100))
