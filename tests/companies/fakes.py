"""AutoInvoice in memory: a client whose answers a test writes down."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from portal import maventa

Answer = Any  # JSON, or an error to raise, or a function of the call's arguments


class FakeAutoInvoice:
    """Answers by method and path template; the last answer of a call stays."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        self.calls: list[tuple[str, str, UUID | None, dict[str, Any]]] = []

    def on(self, method: str, path: str, *answers: Answer) -> None:
        self.answers[method, path] = list(answers)

    def client(self, company: UUID | None = None) -> "FakeClient":
        return FakeClient(self, company)

    def called(self, method: str, path: str) -> list[dict[str, Any]]:
        """Return the arguments of each such call."""
        return [given for m, p, _company, given in self.calls if (m, p) == (method, path)]


class FakeClient:
    """Has the signature of `maventa.Client.call`; decodes answers as the real one does."""

    def __init__(self, autoinvoice: FakeAutoInvoice, company: UUID | None) -> None:
        self.autoinvoice, self.company = autoinvoice, company

    def call(self, _api: Any, method: str, path: str, *, answer: Any = None, **given: Any) -> Any:
        self.autoinvoice.calls.append((method, path, self.company, given))
        waiting = self.autoinvoice.answers[method, path]
        if not waiting:
            raise AssertionError(f"nobody expected {method} {path}")
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, Callable):  # type: ignore[arg-type]
            found = found(given)
        if isinstance(found, Exception):
            raise found
        return None if answer is None else msgspec.convert(found, answer, strict=False)


def refusal(code: str, text: str = "", status: int = 422) -> maventa.RejectedError:
    return maventa.RejectedError(status, code, text)


LOST = maventa.OutcomeUnknownError("answer lost")
