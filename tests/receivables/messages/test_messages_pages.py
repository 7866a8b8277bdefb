"""The inbox: its boxes, what stands beside a thread, what staff do with it, and what they cannot see."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from receivables import personal, wire
from receivables.messages import boxes, mirror
from receivables.models import Assignment, Message, MessageDraft, MessageThread, ReplyTemplate
from tests.companies.conftest import make_account
from tests.companies.staff import LogIn

HETU = "131052-308T"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def company(make_company: Any) -> Company:
    made: Company = make_company(state="VERIFIED", name="Kuura Oy")
    return made


def make_thread(company: Company, name: str = "t1", *, said: str = "Has she paid?", **fields: Any) -> MessageThread:
    fields = {"subject": f"Subject {name}", "latest_text": said, "latest_sender": "agency", "unseen": 1} | fields
    thread = MessageThread.objects.create(account=company.account, company=company, remote_id=name, **fields)
    Message.objects.create(
        account=company.account, thread=thread, remote_id=f"{name}-1", text=said, sender="agency", author="Amili"
    )
    return thread


@pytest.fixture
def thread(company: Company) -> MessageThread:
    return make_thread(company)


def inbox(client: Client, **query: Any) -> str:
    return text_of(client.get(reverse("admin:inbox"), query))


def do(client: Client, thread: MessageThread, verb: str, quiet: bool = False, **fields: str) -> Any:
    headers = {"X-Quiet": "1"} if quiet else {}
    return client.post(reverse("admin:inbox_act", args=[thread.pk, verb]), fields, headers=headers)


def test_each_box_holds_its_threads(log_in: LogIn, company: Company) -> None:
    client = log_in()
    later = timezone.now() + timedelta(days=1)
    me = User.objects.get(username="agent@example.com")
    make_thread(company, "unseen")
    make_thread(company, "flagged", unseen=0, flagged=True)
    make_thread(company, "mine", unseen=0, assignee=me)
    make_thread(company, "asleep", snoozed_until=later)

    found = {
        box: {name for name in ("unseen", "flagged", "mine", "asleep") if f"Subject {name}<" in inbox(client, box=box)}
        for box in boxes.BOXES
    }

    assert found == {
        "unseen": {"unseen"},
        "flagged": {"flagged"},
        "mine": {"mine"},
        "asleep": {"asleep"},
        "all": {"unseen", "flagged", "mine", "asleep"},
    }


def test_company_and_assignment_stand_beside_the_thread(log_in: LogIn, company: Company) -> None:
    thread = make_thread(company, assignment_remote_id="case-7")
    Assignment.objects.create(
        account=company.account, company=company, remote_id="case-7", invoice_number="1001",
        debtor_name="Oksanen Oy", open_amount="125.50", currency="EUR", status="open", stage="beyond_known",
    )  # fmt: skip

    shown = inbox(log_in(), thread=thread.pk)

    for words in ("Has she paid?", "Kuura Oy", "1001", "Oksanen Oy", "beyond_known", "125.50"):
        assert words in shown


def test_an_answer_is_queued_once(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()

    do(client, thread, "reply", text="Yes, on Monday.")

    operation = Operation.objects.get(kind="receivables.send_message")
    draft = MessageDraft.objects.get()
    assert (operation.target_id, draft.text, operation.parameters) == (draft.pk, "Yes, on Monday.", {})
    shown = inbox(client, thread=thread.pk)
    assert shown.count("Yes, on Monday.") == 1  # on its way, and no longer in the field


def test_a_form_that_comes_twice_is_one_message(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()

    for _click in range(2):
        do(client, thread, "reply", text="Yes, on Monday.", form="as-shown")

    assert Operation.objects.filter(kind="receivables.send_message").count() == 1
    assert MessageDraft.objects.filter(queued_at=None).count() == 0  # and nothing is left in the field
    do(client, thread, "reply", text="No, on Tuesday.", form="as-shown")  # corrected, after "Back"
    assert Operation.objects.filter(kind="receivables.send_message").count() == 2


def test_each_shown_form_is_told_from_others(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()

    shown = [re.findall(r'name="form" value="([^"]+)"', inbox(client, thread=thread.pk)) for _look in range(2)]

    assert len({form for forms in shown for form in forms}) == 2


def test_a_draft_survives_until_it_is_sent(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()

    kept = do(client, thread, "draft", quiet=True, text="We are look")

    assert kept.status_code == 204
    assert "We are look</textarea>" in inbox(client, thread=thread.pk)


def test_drafts_are_ones_own(log_in: LogIn, thread: MessageThread) -> None:
    do(log_in("agent"), thread, "draft", text="Secret thought")

    assert "Secret thought" not in inbox(log_in("lead"), thread=thread.pk)


def test_a_template_is_filled_in_behind_what_was_written(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()
    do(client, thread, "draft", text="Hello,")
    template = ReplyTemplate.objects.create(
        account=thread.account, name="Paid", text="{company} was paid. {unknown} {me}"
    )

    shown = inbox(client, thread=thread.pk, template=template.pk)

    assert "Hello,\nKuura Oy was paid. {unknown} agent@example.com</textarea>" in shown


def test_templates_of_other_accounts_are_not_inserted(log_in: LogIn, thread: MessageThread) -> None:
    other = ReplyTemplate.objects.create(account=make_account("Other"), name="Theirs", text="Their words")

    assert "Their words" not in inbox(log_in(), thread=thread.pk, template=other.pk)


def test_a_personal_number_is_hidden_and_shown_on_purpose_only(log_in: LogIn, company: Company) -> None:
    thread = make_thread(company, said=f"Is {HETU} yours?")

    thread.notes.create(text=f"Born on the day that {HETU} says.")
    agent, lead = log_in("agent"), log_in("lead")
    hidden = inbox(agent, thread=thread.pk, numbers="shown")
    shown = inbox(lead, thread=thread.pk, numbers="shown")

    assert HETU not in hidden + inbox(lead, thread=thread.pk)
    assert shown.count(HETU) == 2  # in the message, and in what staff noted
    assert LogEntry.objects.filter(object_id=str(thread.pk)).count() == 1


def test_a_number_in_a_subject_is_not_kept(company: Company) -> None:
    told = wire.MessageThread(id="t1", subject=f"Is {HETU} yours?")

    assert HETU not in mirror.thread_row(company, told, timezone.now()).subject


def test_a_personal_number_is_not_written_by_mistake(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()

    do(client, thread, "reply", text=f"Hers is {HETU}")
    refused = Operation.objects.count()
    do(client, thread, "reply", text=f"Hers is {HETU}", numbers_are_meant="1")

    assert (refused, Operation.objects.count()) == (0, 1)


@pytest.mark.parametrize("number", [HETU, "131052A308T", "19811218-9876", "811218-9876", "15108695088"])
def test_personal_numbers_are_found_by_their_check_digits(number: str) -> None:
    assert number not in personal.hidden(f"Number {number}.")


@pytest.mark.parametrize("text", ["2000005-9", "556012-5790", "FI21 1234 5600 0007 85", "2026-03-02"])
def test_other_numbers_stay(text: str) -> None:
    assert personal.hidden(f"Number {text}.") == f"Number {text}."


def test_marking_queues_what_is_unseen_once(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()

    answers = [do(client, thread, "seen", quiet=True).status_code for _ in range(2)]

    operation = Operation.objects.get(kind="receivables.mark_messages_seen")
    assert answers == [204, 204]
    assert operation.parameters == {"messages": ["t1-1"]}


def test_flag_note_sleep_and_giving_away(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in()
    me = User.objects.get(username="agent@example.com")

    do(client, thread, "flag", flagged="1")
    do(client, thread, "note", text="She called me.")
    do(client, thread, "assign", user=str(me.pk))
    do(client, thread, "sleep", length="1d")

    thread.refresh_from_db()
    assert Operation.objects.get().parameters == {"flagged": True}
    assert thread.assignee == me
    assert thread.snoozed_until is not None
    assert "She called me." in inbox(client, thread=thread.pk)
    do(client, thread, "sleep", length="")
    thread.refresh_from_db()
    assert thread.snoozed_until is None


@pytest.mark.parametrize(
    ("verb", "fields", "words"),
    [
        ("assign", {"user": "999999"}, "does not work for the account"),
        ("sleep", {"length": "9y"}, "Choose how long"),
        ("note", {"text": "  "}, "Write something first"),
        ("attach", {"named": "nothing"}, "no single assignment"),
        ("reply", {"text": " "}, "is empty"),
        ("reply", {"text": "x" * 5001}, "at most 5000 characters"),
    ],
)
def test_what_cannot_be_is_said(
    log_in: LogIn, thread: MessageThread, verb: str, fields: dict[str, str], words: str
) -> None:
    client = log_in()

    do(client, thread, verb, **fields)

    assert words in inbox(client, thread=thread.pk)
    assert not Operation.objects.exists()


def test_a_thread_is_attached_to_an_assignment_by_its_invoice_number(log_in: LogIn, thread: MessageThread) -> None:
    Assignment.objects.create(
        account=thread.account, company=thread.company, remote_id="case-9", invoice_number="1009", debtor_name="Oksanen"
    )
    client = log_in()

    do(client, thread, "attach", named="1009")

    assert "Oksanen" in inbox(client, thread=thread.pk)


def test_writing_about_an_assignment_opens_a_thread(log_in: LogIn, company: Company) -> None:
    case = Assignment.objects.create(account=company.account, company=company, remote_id="case-9")
    url, client = reverse("admin:inbox_about", args=[case.pk]), log_in()

    form = client.get(url)
    client.post(url, {"text": "It was paid to us."})
    client.post(url, {"text": ""})

    assert form.status_code == 200
    assert [draft.case_id for draft in MessageDraft.objects.exclude(queued_at=None)] == ["case-9"]
    assert Operation.objects.count() == 1


def test_an_assignment_that_has_a_thread_leads_to_it(log_in: LogIn, company: Company) -> None:
    case = Assignment.objects.create(account=company.account, company=company, remote_id="case-9")
    thread = make_thread(company, assignment_remote_id="case-9")

    answer = log_in().get(reverse("admin:inbox_about", args=[case.pk]))

    assert f"thread={thread.pk}" in answer["Location"]


def test_threads_of_other_accounts_are_not_there(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in("lead", accounts=(make_account("Other"),))
    case = Assignment.objects.create(account=thread.account, company=thread.company, remote_id="case-9")

    answers = [
        client.get(reverse("admin:inbox"), {"thread": thread.pk}),
        client.get(reverse("admin:inbox_thread", args=[thread.pk])),
        client.get(reverse("admin:inbox_about", args=[case.pk])),
        do(client, thread, "reply", text="Hello"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Has she paid?" not in inbox(client, box="all")
    assert "Has she paid?" not in text_of(client.get(reverse("admin:inbox_list"), {"box": "all", "thread": thread.pk}))


def test_viewers_read_and_do_nothing(log_in: LogIn, thread: MessageThread) -> None:
    client = log_in("viewer")

    shown = inbox(client, thread=thread.pk)

    assert "Has she paid?" in shown
    assert 'id="reply"' not in shown
    assert do(client, thread, "reply", text="Hello").status_code == 403


def test_the_search_finds_company_subject_and_assignment(log_in: LogIn, company: Company) -> None:
    make_thread(company, "a", assignment_remote_id="case-1")
    client = log_in()

    found = [bool("Subject a<" in inbox(client, box="all", q=text)) for text in ("kuura", "ject A", "case-1", "none")]

    assert found == [True, True, True, False]


def test_older_threads_are_reached_page_by_page(log_in: LogIn, company: Company) -> None:
    now = timezone.now()
    for number in range(boxes.PER_PAGE + 3):
        make_thread(company, f"n{number:03}", latest_at=now - timedelta(hours=number))
    accounts = [company.account_id]
    rows = boxes.threads_in("all", None, accounts)

    first = boxes.page(rows, "")
    second = boxes.page(rows, first.after)

    assert [len(first.threads), len(second.threads), second.after] == [boxes.PER_PAGE, 3, ""]
    assert first.threads[0].remote_id == "n000"
    assert boxes.page(rows, "nonsense~x").threads[0].remote_id == "n000"


def test_the_inbox_costs_the_same_for_one_and_for_many(
    log_in: LogIn, account: PartnerAccount, company: Company
) -> None:
    client, costs = log_in(), []
    chosen = make_thread(company, "chosen")
    inbox(client, box="all", thread=chosen.pk)  # kinds of content are looked up once
    for number in range(3):
        make_thread(company, f"t{number}")
        Message.objects.create(account=account, thread=chosen, remote_id=f"m{number}", text="More", sender="agency")
        with CaptureQueriesContext(connection) as queries:
            inbox(client, box="all", thread=chosen.pk)
        costs.append(len(queries))

    assert costs[1:] == costs[:-1]
    assert costs[0] <= 30
