"""The client: one partner account, one company it speaks for."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, overload
from uuid import UUID

from portal.maventa import answers, bodies, paging
from portal.maventa.conversation import Conversation
from portal.maventa.credentials import Credentials
from portal.maventa.deadline import Deadline
from portal.maventa.environments import Api
from portal.maventa.records import Log, to_logger
from portal.maventa.transport import Reply, Request

T = TypeVar("T")
Values = Mapping[str, object] | None

_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Download:
    content_type: str
    size: int  # bytes
    sha256: str  # hex


class Client:
    """
    Speaks to AutoInvoice for one company. Cheap to make; safe to use from several threads.

    :param company: whom the token is for; None: only calls without a scope
    :param log: told of every HTTP exchange, token calls included; None: a line in the log
    :param deadline: seconds, over a whole call with its token, its wait for a place and its second try
    :param operation: id of the operation that the calls are made for, for the log
    """

    def __init__(
        self,
        credentials: Credentials,
        company: UUID | None = None,
        log: Log | None = None,
        deadline: float = 30.0,
        operation: int | None = None,
    ) -> None:
        self.credentials, self.company, self.deadline = credentials, company, deadline
        self._log, self._operation = log, operation
        self._conversation = Conversation(credentials, company, log or to_logger, operation)

    def with_key(self, user_key: str, version: int) -> "Client":
        """
        Return a client for the same company that speaks with another user's key.

        :param version: of that key: tokens of another version are not used for it
        """
        credentials = dataclasses.replace(self.credentials, user_key=user_key, version=version)
        return Client(credentials, self.company, self._log, self.deadline, self._operation)

    def for_company(self, company: UUID) -> "Client":
        """Return a client that speaks for another company of the same partner; the log and the deadline stay."""
        return Client(self.credentials, company, self._log, self.deadline, self._operation)

    @overload
    def call(
        self, api: Api, method: str, path: str, *, answer: None = None, scope: str | None = None, params: Values = None,
        json: object = None, form: Values = None, files: Iterable[bodies.FilePart] = (), multipart: bool = False,
        reads: bool | None = None, repeatable: bool = False, deadline: float | None = None,
        **in_path: object,
    ) -> None: ...  # fmt: skip

    @overload
    def call(
        self, api: Api, method: str, path: str, *, answer: type[T], scope: str | None = None, params: Values = None,
        json: object = None, form: Values = None, files: Iterable[bodies.FilePart] = (), multipart: bool = False,
        reads: bool | None = None, repeatable: bool = False, deadline: float | None = None,
        **in_path: object,
    ) -> T: ...  # fmt: skip

    def call(
        self, api: Api, method: str, path: str, *, answer: Any = None, scope: str | None = None, params: Values = None,
        json: object = None, form: Values = None, files: Iterable[bodies.FilePart] = (), multipart: bool = False,
        reads: bool | None = None, repeatable: bool = False, deadline: float | None = None,
        **in_path: object,
    ) -> Any:  # fmt: skip
        """
        Make one call and return its answer.

        :param path: template; its values come as keywords (`id=…`)
        :param answer: msgspec type of the JSON, `bytes` or `str` for the raw body, None for none
        :param scope: rights of the token, parted by blanks; None: an open call (mass printing: any word sends the keys)
        :param multipart: send the form as multipart though it has no files
        :param reads: the call has no effect there, whatever its method says (default: GET and HEAD)
        :param repeatable: a write that carries our own id
        :raises TemporaryError: surely not carried out
        :raises OutcomeUnknownError: a write whose answer was lost
        :raises RejectedError: refused; the same call fails again
        :raises UnexpectedResponseError: not what the contract promises; a write may have been carried out
        :raises ConfigurationError: nothing was sent
        """
        filled, shown = bodies.fill(path, in_path)
        request = Request(
            api=api,
            method=method,
            template=path,
            path=filled,
            shown_path=shown,
            query=bodies.query(params),
            content=bodies.content(self.credentials, json=json, form=form, files=files, multipart=multipart),
            reads=method in _READING if reads is None else reads,
            repeatable=repeatable,
            scope=scope or "",
        )
        return answers.decode(self._conversation.answer(request, self._limit(deadline)), answer)

    def pages(
        self, api: Api, path: str, *, item: type[T], scope: str | None = None, params: Values = None,
        per_page: int = 100, first: int = 1, **in_path: object,
    ) -> Iterator[list[T]]:  # fmt: skip
        """
        Yield the pages of a list, each fetched when it is asked for; the deadline holds for each page.

        :param first: the number of the first page to fetch
        """

        def fetch(page: int) -> Reply:
            asked = {**(params or {}), "page": page, "per_page": per_page}
            return self._conversation.answer(_reading(api, path, in_path, asked, scope), self._limit(None))

        return paging.pages(fetch, item, per_page, first)

    def download(
        self, api: Api, path: str, *, to: BinaryIO, scope: str | None = None, params: Values = None,
        deadline: float | None = None, **in_path: object,
    ) -> Download:  # fmt: skip
        """Write the body of a GET to `to`, piece by piece; after an error `to` holds a part of it."""
        request = _reading(api, path, in_path, params, scope)
        reply = self._conversation.answer(request, self._limit(deadline), to)
        return Download(reply.headers.get("Content-Type", ""), reply.size, reply.sha256)

    def _limit(self, seconds: float | None) -> Deadline:
        return Deadline(self.deadline if seconds is None else seconds)


def _reading(api: Api, path: str, values: Mapping[str, object], params: Values, scope: str | None) -> Request:
    filled, shown = bodies.fill(path, values)
    query = bodies.query(params)
    return Request(
        api=api, method="GET", template=path, path=filled, shown_path=shown, query=query, reads=True, scope=scope or ""
    )
