"""Threads and messages between a company and its collection agency."""

from typing import Any

import pytest
import requests

from tests.portal.sandbox.clients import Ax, refusal

SCOPE = "receivables:assignments"


class Receivables(Ax):
    """The Receivables API for one company."""

    def __init__(self, company: Ax) -> None:
        super().__init__(company.simulator, company.company, "", SCOPE)
        self.url = company.simulator.credentials["receivables_url"]


def told(company: Ax, text: str = "Has Oksanen paid you?", **more: Any) -> dict[str, str]:
    """The agency writes."""
    made: dict[str, str] = company.simulator.control(
        "POST", f"/companies/{company.company}/messages", {"text": text, **more}
    )
    return made


@pytest.fixture
def company(ax: Ax) -> Receivables:
    return Receivables(ax.verified("FI"))


def test_without_messages_there_are_no_threads(company: Receivables) -> None:
    assert company.get("/v1/message_threads") == []


def test_a_thread_comes_with_its_newest_message(company: Receivables) -> None:
    made = told(company, subject="Case 7", assignment_id="case-7")

    [thread] = company.get("/v1/message_threads")

    assert (thread["id"], thread["assignment_id"], thread["subject"]) == (made["thread_id"], "case-7", "Case 7")
    assert thread["latest_message"]["text"] == "Has Oksanen paid you?"
    assert (thread["unseen_count"], thread["flagged"]) == (1, False)
    assert company.get(f"/v1/message_threads/{made['thread_id']}") == thread


def test_a_reply_is_the_companys_and_seen(company: Receivables) -> None:
    thread = told(company)["thread_id"]

    reply = company.post(f"/v1/message_threads/{thread}/messages", {"text": "Not yet."}, expected=201)

    messages = company.get(f"/v1/message_threads/{thread}/messages")
    assert [(item["sender"], item["seen"]) for item in messages] == [("agency", False), ("company", True)]
    assert messages[1] == reply
    assert reply["author"] == "Integration User"


def test_a_message_about_a_case_goes_to_its_thread(company: Receivables) -> None:
    thread = told(company, assignment_id="case-7")["thread_id"]

    company.post("/v1/assignments/case-7/messages", {"text": "Paid today."}, expected=201)

    assert len(company.get("/v1/assignments/case-7/messages")) == 2
    assert [item["id"] for item in company.get("/v1/message_threads")] == [thread]


def test_a_question_is_answered_by_the_agency_after_a_while(manual_ax: Ax) -> None:
    company = Receivables(manual_ax.verified("FI"))
    thread = told(company, "Please look at this")["thread_id"]
    company.post(f"/v1/message_threads/{thread}/messages", {"text": "What is it about?"})
    before = len(company.get(f"/v1/message_threads/{thread}/messages"))

    company.simulator.advance(5 * 3600)

    messages = Receivables(company).get(f"/v1/message_threads/{thread}/messages")
    assert (before, len(messages), messages[-1]["sender"]) == (2, 3, "agency")


def test_threads_are_found_by_flag_and_by_what_is_unseen(company: Receivables) -> None:
    first, second = told(company), told(company)

    flagged = company.call("PATCH", f"/v1/message_threads/{first['thread_id']}", json={"flagged": True})
    seen = [company.call("PUT", f"/v1/messages/{second['message_id']}/seen") for _ in range(2)]

    assert (flagged.status_code, [answer.status_code for answer in seen]) == (204, [204, 204])
    assert [item["id"] for item in company.get("/v1/message_threads?flagged=true")] == [first["thread_id"]]
    assert [item["id"] for item in company.get("/v1/message_threads?seen=true")] == [second["thread_id"]]
    assert [item["id"] for item in company.get("/v1/message_threads?seen=false")] == [first["thread_id"]]


def test_threads_come_in_pages_newest_first(company: Receivables) -> None:
    made = [told(company)["thread_id"] for _ in range(3)]

    answer = company.call("GET", "/v1/message_threads?per_page=2&page=2")

    assert [item["id"] for item in answer.json()] == [made[0]]
    assert answer.headers["X-Total"] == "3"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/message_threads/{thread_id}"),
        ("PATCH", "/v1/message_threads/{thread_id}"),
        ("GET", "/v1/message_threads/{thread_id}/messages"),
        ("POST", "/v1/message_threads/{thread_id}/messages"),
        ("PUT", "/v1/messages/{message_id}/seen"),
        ("GET", "/v1/assignments/case-7/messages"),
        ("POST", "/v1/assignments/case-7/messages"),
    ],
)
def test_what_is_another_companys_is_not_there(ax: Ax, company: Receivables, method: str, path: str) -> None:
    made = told(company, assignment_id="case-7")
    other = Receivables(ax.verified("SE"))

    answer = other.call(method, path.format(**made), json={"text": "Hello"} if method == "POST" else {"flagged": True})

    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_message_is_refused(company: Receivables, text: str) -> None:
    thread = told(company)["thread_id"]

    answer = company.call("POST", f"/v1/message_threads/{thread}/messages", json={"text": text})

    assert refusal(answer) == (400, "invalid_parameters")


def test_the_receivables_scope_is_needed(ax: Ax, company: Receivables) -> None:
    token = ax.simulator.token("company", company.company)

    answer = requests.get(f"{company.url}/v1/message_threads", headers={"Authorization": f"Bearer {token}"}, timeout=20)

    assert refusal(answer) == (401, "unauthorized")
