"""The API side of the simulator: one HTTP request to one answer, faults and latency included."""

import asyncio
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from portal.sandbox import auth, validation
from portal.sandbox.call import HANDLERS, Answer, Call, Refusal
from portal.sandbox.faults import AFTER_EFFECT, Rule
from portal.sandbox.forms import read_urlencoded
from portal.sandbox.record import Called
from portal.sandbox.routing import Operation, Router
from portal.sandbox.validation import Request

if TYPE_CHECKING:
    from portal.sandbox.world import World

logger = logging.getLogger(__name__)

HTML = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class Dropped(Exception):  # noqa: N818 (an instruction to the server)
    """Close the connection without an answer."""


class Gateway:
    """Answers requests to the simulated APIs."""

    def __init__(self, world: "World", *, check_answers: bool = False, threads: int = 16) -> None:
        self.world = world
        self.router = Router()
        self._check_answers = check_answers
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sandbox-call")

    async def answer(self, request: Request) -> Answer:
        """:raises Dropped: a fault rule says so"""
        found = self.router.find(request.method, request.raw_path)
        if found is None:
            return self._finished(error_answer("ax", 404, "not_found", "no such path"))
        operation, request.path_params = found
        called = self.world.record.begin(operation.api, operation.method, _inner_path(request.raw_path))
        answer = await self._answer(operation, request, called)
        called.status = answer.status
        return self._finished(answer)

    async def _answer(self, operation: Operation, request: Request, called: Called) -> Answer:
        if self.world.faults.latency:
            await asyncio.sleep(self.world.faults.latency)
        rule = self.world.faults.pick(operation.api, operation.method, called.path)
        called.fault = rule.kind if rule else ""
        if rule and rule.kind not in AFTER_EFFECT and (faulty := await self._before(rule, operation, request)):
            return faulty
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._serve, operation, request)
        return _after(rule, operation, answer) if rule else answer

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _before(self, rule: Rule, operation: Operation, request: Request) -> Answer | None:
        if rule.kind == "slow":
            await asyncio.sleep(rule.seconds)
        elif rule.kind == "drop_before":
            raise Dropped
        elif rule.kind == "html":
            return Answer(502, HTML, "text/html")
        elif rule.kind == "expired_token":
            self._void_token(request)
            return error_answer(operation.api, 401, "unauthorized", "Unauthorized")
        elif rule.kind == "500":
            return error_answer(operation.api, 500, "internal_error", "Something went wrong on the server side")
        elif rule.kind == "refusal":
            return error_answer(operation.api, rule.status, rule.code, rule.message, rule.details)
        elif rule.kind in ("503", "429"):
            return _busy(rule, operation)
        return None

    def _void_token(self, request: Request) -> None:
        token = request.headers.get("authorization", "").partition(" ")[2]
        with self.world.write() as db:
            db.execute("delete from tokens where token = ?", (token,))

    def _serve(self, operation: Operation, request: Request) -> Answer:
        try:
            try:
                return self._simulate(operation, request)
            except Refusal as refusal:
                return refused(operation, refusal)
        except Exception:
            logger.exception("%s failed", operation.label)
            return error_answer(operation.api, 500, "simulator_error", f"{operation.id}: see the simulator's log")

    def _simulate(self, operation: Operation, request: Request) -> Answer:
        grant = auth.authorize(self.world, operation, request.headers)
        handler = HANDLERS.get(operation.id)
        if handler is None:
            self.world.unsimulated[operation.label] = self.world.unsimulated.get(operation.label, 0) + 1
            text = f"{operation.id} is not simulated yet"
            return error_answer(operation.api, 501, "not_implemented", text, [operation.id])
        data = validation.read(operation, request)
        call = Call(
            world=self.world,
            operation=operation,
            company=grant.company,
            scopes=grant.scopes,
            params=data.params,
            body=data.body,
            files=data.files,
            user_id=grant.user_id,
            vendor_key=grant.vendor_key,
            token=grant.token,
            headers=request.headers,
            url=request.base_url + request.raw_path,
            query=[(name, value) for name, values in read_urlencoded(request.query_string).items() for value in values],
        )
        answer = handler(call)
        return self._checked(call, answer) if self._check_answers else answer

    def _checked(self, call: Call, answer: Answer) -> Answer:
        faults = validation.check_answer(call.operation, answer, fields_cut="fields" in call.params)
        if not faults:
            return answer
        logger.error("%s broke the contract: %s", call.operation.label, faults)
        return error_answer(call.operation.api, 500, "answer_breaks_contract", call.operation.id, faults)

    def _finished(self, answer: Answer) -> Answer:
        answer.headers.setdefault("X-Request-Id", str(uuid.uuid4()))
        return answer


def error_answer(api: str, status: int, code: str, message: str, details: list[str] | None = None) -> Answer:
    """An error as that API writes it: Billing holds `message` only, mass printing answers with text."""
    if api == "payslip":
        return Answer(status, message if message.startswith("ERROR: ") else f"ERROR: {message}", "text/plain")
    if api == "billing":
        return Answer(status, {"message": message})
    return Answer(status, {"code": code, "message": message, "details": details or []})


def refused(operation: Operation, refusal: Refusal) -> Answer:
    """A refusal as the contract words it."""
    found = operation.conditions.get(refusal.condition)
    if found is None:
        found = _UNNAMED.get(refusal.condition)
    if found is None:
        raise KeyError(f"{operation.label} has no error condition {refusal.condition}")
    message = refusal.message or found.get("message") or found.get("when", "")
    if operation.api == "payslip":  # always 200, the text tells
        text = ", ".join([message, *refusal.details])
        return Answer(200, text if text.startswith("ERROR: ") else f"ERROR: {text.upper()}", "text/plain")
    return error_answer(operation.api, found["status"], found.get("code", ""), message, refusal.details)


# The contracts name no condition for these, or not on every operation.
_UNNAMED: dict[str, dict[str, Any]] = {
    "bad_input": {"status": 400, "code": "invalid_parameters", "message": "invalid parameters"},
    "not_found": {"status": 404, "code": "not_found", "message": "not found"},
    "scope_missing": {"status": 401, "code": "unauthorized", "message": "Unauthorized"},
    "login_wrong": {"status": 200, "message": "ERROR: LOGIN FAILED"},
    "conflict": {"status": 409, "code": "conflict", "message": "not possible in this state"},
    "unprocessable": {"status": 422, "code": "unprocessable_entity", "message": "cannot be processed"},
}


def _busy(rule: Rule, operation: Operation) -> Answer:
    text = "Service unavailable, please try again later" if rule.kind == "503" else "Too many requests"
    code = "service_unavailable" if rule.kind == "503" else "too_many_requests"
    answer = error_answer(operation.api, int(rule.kind), code, text)
    answer.headers["Retry-After"] = str(max(1, round(rule.seconds)))
    return answer


def _after(rule: Rule, operation: Operation, answer: Answer) -> Answer:
    """What becomes of an answer whose effect has taken place."""
    if rule.kind == "drop_after":
        raise Dropped
    if rule.kind == "malformed":
        content = answer.content()
        return Answer(answer.status, content[: len(content) // 2] or b'{"id": "', answer.content_type, answer.headers)
    if rule.kind == "wrong_type":
        return Answer(answer.status, "ok" if isinstance(answer.body, list) else [1, 2], "application/json")
    if rule.kind == "html_after":
        return Answer(200, HTML, "text/html")
    if rule.kind == "500_after":
        return error_answer(operation.api, 500, "internal_error", "Something went wrong on the server side")
    return answer


def _inner_path(raw_path: str) -> str:
    """The path without the API's prefix."""
    return "/" + "/".join(raw_path.strip("/").split("/")[1:])
