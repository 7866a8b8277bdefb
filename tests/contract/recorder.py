"""AutoInvoice as the contract describes it: every request is recorded, every answer made from its schema."""

import json
import re
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.contract import samples
from tests.contract.validator import JSON, Recorded

Change = Callable[[Any], Any]

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_PATH = re.compile(r"/(?P<api>[a-z]+)(?P<path>/.*)")

_NEW_ID = "55555555-5555-4555-8555-555555555555"


class Recorder:
    """
    Answers below `/<api>`; what is not in the contract gets 404.

    `sample`, `status` (None: the first one promised) and `change` say how calls are answered; tokens are always given,
    and each is remembered with its scope.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("").rstrip("/")
        self.requests: list[Recorded] = []
        self.sample: samples.Answer = samples.least
        self.status: int | None = None
        self.change: Change = lambda answer: answer
        self._scopes: dict[str, str] = {}
        server.expect_request(re.compile("/.*")).respond_with_handler(self._answer)

    @property
    def tokens(self) -> list[Recorded]:
        return [request for request in self.requests if request.path == "/oauth2/token"]

    @property
    def calls(self) -> list[Recorded]:
        """Return the recorded requests without those for tokens."""
        return [request for request in self.requests if request.path != "/oauth2/token"]

    def _answer(self, request: Request) -> Response:
        recorded = self._record(request)
        self.requests.append(recorded)
        if recorded.path == "/oauth2/token":
            return self._token(recorded)
        operation = recorded.operation
        if operation is None:
            return _json({"code": "not_found", "message": "no such path", "details": []}, 404)
        promised = operation.answers()
        status = self.status or min(promised)
        content = promised[status]
        kind = _answer_kind(operation.data["responses"][str(status)], recorded, list(content))
        if kind is None:
            headers = operation.data["responses"][str(status)].get("headers", {})
            return Response(status=status, headers=dict.fromkeys(headers, f"{recorded.path}/{_NEW_ID}"))
        if kind == "text/plain":
            return Response("OK", status=status, content_type=kind)
        if kind == "*/*":  # says nothing of the form
            return Response(f'["{_NEW_ID}"]', status=status)
        if kind != JSON:
            return Response(b"%PDF-1.7", status=status, content_type="application/pdf")
        return _json(self.change(self.sample(operation.api, content[kind]["schema"])), status)

    def _record(self, request: Request) -> Recorded:
        found = _PATH.fullmatch(request.path)
        if found is None:
            raise ValueError(f"no API has the path {request.path}")
        is_form = request.mimetype in _FORMS
        return Recorded(
            api=found["api"],
            method=request.method,
            path=found["path"],
            scope=self._scopes.get(request.headers.get("Authorization", "").removeprefix("Bearer ")),
            content_type=request.mimetype,
            query=request.args.to_dict(flat=False),
            form=request.form.to_dict(flat=False) if is_form else {},
            files={name: part.read() for name, part in request.files.items()} if is_form else {},
            body=b"" if is_form else request.get_data(),
        )

    def _token(self, recorded: Recorded) -> Response:
        token = f"token-{len(self._scopes)}"
        self._scopes[token] = " ".join(recorded.form.get("scope", ()))
        return _json({"access_token": token, "token_type": "bearer", "expires_in": 3600}, 200)


def _answer_kind(response: dict[str, Any], recorded: Recorded, kinds: list[str]) -> str | None:
    """Return the content type of an answer: what the contract's `x-answer-by` says, else the first."""
    for parameter, by_word in response.get("x-answer-by", {}).items():
        if isinstance(by_word, dict) and (words := recorded.query.get(parameter)):
            return str(by_word.get(words[0], by_word["any other"]))
    return kinds[0] if kinds else None


def _json(body: Any, status: int) -> Response:
    return Response(json.dumps(body), status=status, content_type=JSON)
