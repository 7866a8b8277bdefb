"""How one request becomes one good answer: token, place in the pace, second try, and a line in the call log."""

from collections.abc import Mapping
from typing import BinaryIO
from uuid import UUID

from portal.maventa import answers, bodies, pacing, tokens, transport
from portal.maventa.credentials import Credentials
from portal.maventa.deadline import Deadline
from portal.maventa.environments import Api
from portal.maventa.errors import (
    AccessRefusedError,
    ConfigurationError,
    MaventaError,
    OutcomeUnknownError,
    RejectedError,
    TemporaryError,
)
from portal.maventa.records import CallRecord, Log
from portal.maventa.transport import LostError, Reply, Request

_SECOND_TRY_NEEDS = 1.0  # seconds left


class _TokenAnswer(answers.Answer, frozen=True, kw_only=True):
    access_token: str
    expires_in: float  # seconds


class Conversation:
    """What a client says for one company. Holds no state but the names of its tokens."""

    def __init__(self, credentials: Credentials, company: UUID | None, log: Log, operation: int | None) -> None:
        self._credentials, self._company, self._log, self._operation = credentials, company, log, operation
        self._token_keys: dict[str, str] = {}

    def answer(self, request: Request, deadline: Deadline, sink: BinaryIO | None = None) -> Reply:
        """
        Return a good answer; a refused token is renewed once.

        :raises MaventaError: see `Client.call`
        """
        if request.api is Api.PAYSLIP or not request.scope:
            return self._good(request, self._send(request, self._key_headers(request), deadline, sink))
        token = self._token(request.scope, deadline)
        reply = self._send(request, _bearer(token), deadline, sink)
        if reply.status == 401:
            token = self._token(request.scope, deadline, unwanted=token.value)
            reply = self._send(request, _bearer(token), deadline, sink)
        return self._good(request, reply)

    def _good(self, request: Request, reply: Reply) -> Reply:
        if reply.ok:
            return reply
        raise answers.error(reply, request, self._credentials)

    def _key_headers(self, request: Request) -> dict[str, str]:
        """Return what mass printing is entered with in place of a token."""
        if request.api is not Api.PAYSLIP or not request.scope:
            return {}
        return {"COMPANY-UUID": str(self._speaker()), "USER-API-KEY": self._credentials.user_key}

    def _speaker(self) -> UUID:
        if self._company is None:
            raise ConfigurationError("This call needs a company to speak for.")
        return self._company

    def _token(self, scope: str, deadline: Deadline, unwanted: str = "") -> tokens.Token:
        key = self._token_keys.get(scope)
        if key is None:
            key = self._token_keys[scope] = tokens.key_for(self._credentials, self._speaker(), scope)
        return tokens.get(key, deadline, lambda limit: self._fetch_token(scope, limit), unwanted)

    def _fetch_token(self, scope: str, deadline: Deadline) -> tokens.Token:
        """Ask for a token. Source: postOauth2Token."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._speaker(),
            "client_secret": bodies.USER_KEY,
            "vendor_api_key": bodies.VENDOR_KEY,
            "scope": scope,
        }
        # A lost token leaves nothing behind there, so the call counts as a reading one.
        content = bodies.content(self._credentials, form=form)
        request = Request(api=Api.AX, method="POST", template="/oauth2/token", content=content, reads=True)
        try:
            reply = self._good(request, self._send(request, {}, deadline))
        except RejectedError as exc:
            raise AccessRefusedError(exc.status, exc.code, exc.text, exc.details, scope) from None
        given: _TokenAnswer = answers.decode(reply, _TokenAnswer)
        return tokens.granted(given.access_token, given.expires_in)

    def _send(
        self, request: Request, headers: Mapping[str, str], deadline: Deadline, sink: BinaryIO | None = None
    ) -> Reply:
        """Send once, and a dropped read once more while there is time."""
        try:
            return self._paced(request, headers, deadline, sink)
        except LostError as exc:
            again = request.reads and exc.dropped and sink is None and deadline.remaining() > _SECOND_TRY_NEEDS
            if not again:
                raise _lost(request, exc) from None
        try:
            return self._paced(request, headers, deadline, sink)
        except LostError as exc:
            raise _lost(request, exc) from None

    def _paced(self, request: Request, headers: Mapping[str, str], deadline: Deadline, sink: BinaryIO | None) -> Reply:
        with pacing.lease(self._credentials, deadline):
            reply = self._observed(request, headers, deadline, sink)
        if reply.status == 429:
            pacing.pause(self._credentials, answers.retry_after(reply) or 1.0)
        return reply

    def _observed(
        self, request: Request, headers: Mapping[str, str], deadline: Deadline, sink: BinaryIO | None
    ) -> Reply:
        watch = transport.Stopwatch()
        given = {**headers, "X-Request-Id": watch.request_id}
        try:
            reply = transport.exchange(request, self._credentials.base_url(request.api), given, deadline, sink)
        except (LostError, MaventaError) as exc:
            self._tell(request, watch, None, str(exc)[:200])
            raise
        self._tell(request, watch, reply.status, "" if reply.ok else f"status {reply.status}")
        return reply

    def _tell(self, request: Request, watch: transport.Stopwatch, status: int | None, problem: str) -> None:
        record = CallRecord(
            at=watch.at,
            api=request.api,
            method=request.method,
            path_template=request.template,
            path=request.shown_path or request.template,
            company=self._company,
            status=status,
            ms=watch.ms(),
            request_id=watch.request_id,
            error=problem,
            operation=self._operation,
        )
        self._log(record)


def _bearer(token: tokens.Token) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.value}"}


def _lost(request: Request, exc: LostError) -> MaventaError:
    if request.reads or not exc.sent:
        return TemporaryError(None, exc.reason)
    return OutcomeUnknownError(exc.reason, request.repeatable)
