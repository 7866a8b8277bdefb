"""Talks with agencies against the simulator: read, answered once, flagged and marked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from companies.models import Company
from portal.operations import runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sync.models import Cursor
from receivables.messages import care
from receivables.messages import sync as messages_sync
from receivables.models import CollectionService, Message, MessageDraft, MessageThread
from receivables.operations import messages
from tests.companies.running import run
from tests.receivables.borrowing import company_at
from tests.receivables.talking import (
    agency_writes,
    look_at_threads,
    read_messages,
    receivables_of,
    texts_there,
    with_agency,
)
from tests.sandbox import Sandbox

pytestmark = pytest.mark.slow
POST = "/v1/message_threads/*/messages"


@pytest.fixture
def company(simulator: Sandbox, partner: PartnerAccount) -> Company:
    made = company_at(simulator, partner)
    with_agency(made)
    return made


@pytest.fixture
def thread(simulator: Sandbox, company: Company) -> MessageThread:
    agency_writes(simulator, company, subject="Invoice 1001")
    read_messages()
    return MessageThread.objects.select_related("account", "company__account").get()


@pytest.fixture
def writer(transactional_db: None) -> User:
    return User.objects.create_user("anna", is_staff=True)


def answer(thread: MessageThread, writer: User, text: str = "Yes, on Monday.") -> Operation:
    operation = messages.send(care.save_draft(thread, writer, text), writer)
    runner.run_until_idle(thread.account, timeout=5)
    operation.refresh_from_db()
    return operation


def test_what_the_agency_writes_is_read(thread: MessageThread) -> None:
    assert (thread.subject, thread.unseen, thread.latest_text) == ("Invoice 1001", 1, "Has Oksanen paid you?")
    assert list(thread.messages.values_list("sender", "seen")) == [("agency", False)]


def test_a_second_message_is_read_too_and_wakes_the_thread(
    simulator: Sandbox, company: Company, thread: MessageThread, writer: User
) -> None:
    care.sleep(thread, "7d", writer)

    agency_writes(simulator, company, "Please answer.", thread_id=thread.remote_id)
    read_messages()

    thread.refresh_from_db()
    assert [message.text for message in thread.messages.order_by("sent_at", "pk")] == [
        "Has Oksanen paid you?", "Please answer.",
    ]  # fmt: skip
    assert (thread.unseen, thread.snoozed_until) == (2, None)


def test_an_answer_arrives_once_and_is_ours(simulator: Sandbox, thread: MessageThread, writer: User) -> None:
    operation = answer(thread, writer)

    thread.refresh_from_db()
    assert operation.state == "DONE"
    assert texts_there(simulator, thread.company, thread.remote_id)[1:] == ["Yes, on Monday."]
    assert (thread.latest_text, thread.latest_sender) == ("Yes, on Monday.", "company")
    assert care.draft_for(thread, writer) is None


def test_an_answer_is_waited_for_while_the_last_word_is_ours(
    simulator: Sandbox, thread: MessageThread, writer: User
) -> None:
    answer(thread, writer, "It was paid on Monday.")  # no question: the agency answers when it likes
    look_at_threads()
    thread.refresh_from_db()
    assert thread.next_check_at is not None

    agency_writes(simulator, thread.company, "Thank you.", thread_id=thread.remote_id)
    MessageThread.objects.update(next_check_at=timezone.now())  # its seconds have passed
    look_at_threads()

    thread.refresh_from_db()
    assert (thread.latest_text, thread.next_check_at) == ("Thank you.", None)


def test_a_thread_without_an_answer_for_days_is_left_to_the_list(
    simulator: Sandbox, thread: MessageThread, writer: User
) -> None:
    answer(thread, writer, "It was paid on Monday.")

    with time_machine.travel(timezone.now() + timedelta(days=4)):
        look_at_threads()

    thread.refresh_from_db()
    assert thread.next_check_at is None


@pytest.mark.parametrize("kind", ["drop_after", "500_after", "malformed", "html_after"])
def test_a_message_whose_answer_is_lost_is_not_written_twice(
    simulator: Sandbox, thread: MessageThread, writer: User, kind: str
) -> None:
    simulator.fault(kind, api="receivables", method="POST", path=POST, count=1)

    operation = answer(thread, writer)

    assert operation.state == "DONE"
    assert texts_there(simulator, thread.company, thread.remote_id)[1:] == ["Yes, on Monday."]


def test_a_message_that_never_arrived_is_written_again(simulator: Sandbox, thread: MessageThread, writer: User) -> None:
    simulator.fault("drop_before", api="receivables", method="POST", path=POST, count=1)

    operation = answer(thread, writer)
    for _ in range(20):
        runner.run_until_idle(thread.account, timeout=5)

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == ("DONE", 2)
    assert texts_there(simulator, thread.company, thread.remote_id)[1:] == ["Yes, on Monday."]


def test_the_same_words_may_be_written_again_on_purpose(
    simulator: Sandbox, thread: MessageThread, writer: User
) -> None:
    answer(thread, writer, "Thank you.")
    simulator.fault("drop_after", api="receivables", method="POST", path=POST, count=1)

    answer(thread, writer, "Thank you.")

    assert texts_there(simulator, thread.company, thread.remote_id)[1:] == ["Thank you."] * 2


def test_a_draft_is_sent_once_however_often_its_button_is_pressed(thread: MessageThread, writer: User) -> None:
    draft = care.save_draft(thread, writer, "Once.")
    messages.send(draft, writer)

    with pytest.raises(NotQueueableError, match="already"):
        messages.send(draft, writer)


def test_an_empty_draft_is_not_sent(thread: MessageThread, writer: User) -> None:
    with pytest.raises(NotQueueableError, match="empty"):
        messages.send(care.save_draft(thread, writer, "  "), writer)


def test_the_words_of_a_message_are_in_no_operation_and_encrypted_at_rest(
    thread: MessageThread, writer: User, django_db_blocker: Any
) -> None:
    operation = answer(thread, writer, "Her number is 131052-308T.")

    stored = Message.objects.filter(sender="company").extra(select={"raw": "text"}).values_list("raw", flat=True)
    assert "131052" not in str(operation.parameters) + str(operation.result)
    assert all("131052" not in str(row) for row in stored)


def test_marking_is_told_to_the_agency(simulator: Sandbox, thread: MessageThread) -> None:
    operation = run("receivables.mark_messages_seen", thread, {"messages": list(messages.unseen_of(thread))})

    thread.refresh_from_db()
    there = receivables_of(simulator, thread.company).get(f"/v1/message_threads/{thread.remote_id}")
    assert (operation.state, thread.unseen, there["unseen_count"]) == ("DONE", 0, 0)


@pytest.mark.parametrize("fault", ["", "drop_after"])
def test_flags_are_told_to_the_agency(simulator: Sandbox, thread: MessageThread, fault: str) -> None:
    if fault:
        simulator.fault(fault, api="receivables", method="PATCH", path="*", count=1)

    operation = run("receivables.flag_thread", thread, {"flagged": True})

    thread.refresh_from_db()
    there = receivables_of(simulator, thread.company).get(f"/v1/message_threads/{thread.remote_id}")
    assert (operation.state, thread.flagged, there["flagged"]) == ("DONE", True, True)


def test_a_message_about_a_case_opens_its_thread(simulator: Sandbox, company: Company, writer: User) -> None:
    agency_writes(simulator, company, "Seen?", assignment_id="case-7", subject="Case 7")
    draft = MessageDraft.objects.create(
        account=company.account, user=writer, company=company, case_id="case-7", text="It was paid."
    )

    operation = messages.send(draft, writer)
    runner.run_until_idle(company.account, timeout=5)

    operation.refresh_from_db()
    thread = MessageThread.objects.get()
    assert (operation.state, thread.assignment_remote_id, thread.latest_text) == ("DONE", "case-7", "It was paid.")
    read_messages()
    thread.refresh_from_db()
    assert (thread.subject, thread.messages.count()) == ("Case 7", 2)


def test_a_thread_that_the_agency_does_not_know_is_refused_with_words(
    company: Company, writer: User, partner: PartnerAccount
) -> None:
    gone = MessageThread.objects.create(account=partner, company=company, remote_id="gone")

    operation = answer(gone, writer)

    assert operation.state == "REFUSED"
    assert "does not know this thread" in operation.remedy


def test_companies_are_followed_while_their_agency_works(company: Company) -> None:
    Cursor.objects.filter(source="receivables.message_threads").delete()

    new = [messages_sync.follow_companies(company.account) for _ in range(2)]
    followed = Cursor.objects.filter(source="receivables.message_threads", company_uuid=company.uuid).count()
    CollectionService.objects.update(status="DISABLED")
    messages_sync.follow_companies(company.account)

    assert (new, followed) == ([1, 0], 1)
    assert not Cursor.objects.filter(source="receivables.message_threads").exists()
