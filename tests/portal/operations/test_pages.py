import re
from collections.abc import Callable

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from portal import maventa
from portal.operations import actions, batches, dashboard, filling, queueing, selections
from portal.operations.enums import BatchState, State
from portal.operations.models import Batch, Operation
from portal.operations.runner import drain, run_until_idle
from portal.partners.models import PartnerAccount
from tests.portal.operations.conftest import Queue, make_account, states
from tests.portal.operations.kinds import remote

QueueMany = Callable[..., queueing.Queued]
RIGHTS = ("view_operation", "view_batch", "change_group", "view_group")


@pytest.fixture
def agent(account: PartnerAccount) -> User:
    user = User.objects.create_user("agent", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    account.staff.add(user)
    return user


@pytest.fixture
def browser(agent: User) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def draft(account: PartnerAccount, names: list[str], kind: str = "tests.register", actor: User | None = None) -> Batch:
    groups = Group.objects.bulk_create([Group(name=name) for name in names])
    ids = [group.pk for group in groups]
    return batches.create_batch(kind, Group, ids, account=account, actor=actor, label="All of them")


def start(browser: Client, batch: Batch, **fields: str) -> None:
    """Look at the preview and press its button."""
    browser.get(page_of(batch), {"preview": "1"})
    batch.refresh_from_db()
    browser.post(reverse("admin:batch_act", args=[batch.pk, "start"]), {"token": batch.preview["token"], **fields})
    batch.refresh_from_db()


def figures(page: str) -> list[str]:
    return re.findall(r'class="card-value">([^<]*)<', page)


def page_of(record: Operation | Batch) -> str:
    name = "operation" if isinstance(record, Operation) else "batch"
    return reverse(f"admin:operations_{name}_change", args=[record.pk])


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_list_shows_operations_of_the_viewers_accounts_only(
    browser: Client, queue: Queue, account: PartnerAccount
) -> None:
    queue("north")
    queue("foreign", account=make_account("Other"))

    page = text(browser.get(reverse("admin:operations_operation_changelist")))

    assert "north" in page
    assert "foreign" not in page


def test_list_finds_operations_by_the_company_they_are_about(browser: Client, queue: Queue) -> None:
    company = make_account("Other").company_uuid
    queue("north", company_uuid=company)
    queue("south")

    page = text(browser.get(reverse("admin:operations_operation_changelist"), {"q": str(company)}))

    assert "north" in page
    assert "south" not in page


def test_operation_page_tells_what_went_wrong_and_what_to_do(
    browser: Client, queue: Queue, account: PartnerAccount
) -> None:
    remote.fails("north", maventa.RejectedError(422, "BID_TAKEN", "Taken"))
    operation = queue("north")
    drain(account.pk)

    page = text(browser.get(page_of(operation)))

    assert "BID_TAKEN" in page
    assert "AutoInvoice refused: Taken" in page
    assert "Try again" in page


def test_operation_of_another_account_is_not_found(browser: Client, queue: Queue) -> None:
    operation = queue("foreign", account=make_account("Other"))

    assert browser.get(page_of(operation)).status_code == 404


def test_button_tries_a_refused_operation_again(browser: Client, queue: Queue, account: PartnerAccount) -> None:
    remote.fails("north", maventa.RejectedError(422, "BID_TAKEN", "Taken"))
    operation = queue("north")
    drain(account.pk)

    browser.post(reverse("admin:operation_act", args=[operation.pk, "retry"]))

    assert states(operation) == [State.QUEUED]


def test_button_is_refused_to_who_lacks_the_right_of_the_kind(browser: Client, queue: Queue, agent: User) -> None:
    operation = queue("north")
    agent.user_permissions.remove(Permission.objects.get(codename="change_group"))

    answer = browser.post(reverse("admin:operation_act", args=[operation.pk, "cancel"]))

    assert answer.status_code == 403
    assert states(operation) == [State.QUEUED]


def test_named_case_offers_both_answers_and_takes_one(browser: Client, queue: Queue, account: PartnerAccount) -> None:
    remote.loses_answer("north")
    operation = queue("north", "tests.invite")
    drain(account.pk)
    page = text(browser.get(page_of(operation)))
    assert "Ask the group whether it was invited." in page
    assert "It did not happen" in page

    browser.post(reverse("admin:operation_act", args=[operation.pk, "happened"]))

    assert states(operation) == [State.DONE]


def test_list_action_cancels_the_chosen_operations(browser: Client, queue: Queue) -> None:
    chosen, other = queue("north"), queue("south")

    browser.post(
        reverse("admin:operations_operation_changelist"), {"action": "cancel", "_selected_action": [chosen.pk]}
    )

    assert states(chosen, other) == [State.CANCELED, State.QUEUED]


def test_draft_shows_what_would_run_and_what_not_and_why(browser: Client, account: PartnerAccount) -> None:
    batch = draft(account, ["north", "south", "forbidden"])

    page = text(browser.get(page_of(batch)))

    assert "This one is forbidden." in page
    assert "Choose another." in page
    assert figures(page) == ["2", "1", "2"], "will run, left out, calls"
    assert "Register for 2 groups" in page
    assert not Operation.objects.exists()


def test_starting_a_draft_runs_it(browser: Client, account: PartnerAccount) -> None:
    batch = draft(account, ["north", "south", "forbidden"])

    start(browser, batch)
    assert run_until_idle(account, timeout=5)

    assert remote.effects == {"north": 1, "south": 1}
    batch.refresh_from_db()
    assert [(row["reason"], row["count"], row["examples"]) for row in batch.skipped] == [
        ("This one is forbidden.", 1, ["forbidden"])
    ]


def test_large_outward_batch_starts_only_with_its_number_typed(browser: Client, account: PartnerAccount) -> None:
    batch = draft(account, [f"g{number}" for number in range(51)])

    start(browser, batch, number="50")
    assert batch.state == BatchState.DRAFT
    start(browser, batch, number="51")

    assert batch.state == BatchState.FILLING


def test_batch_page_shows_progress_and_the_failed_rows_first(
    browser: Client, account: PartnerAccount, agent: User
) -> None:
    remote.fails("south", maventa.RejectedError(422, "BAD", "Wrong"))
    batch = draft(account, ["north", "south", "west"], actor=agent)
    batches.start(batch)
    run_until_idle(account, timeout=5)

    page = text(browser.get(page_of(batch)))

    assert "3 of 3 ended (100 %)" in page
    assert page.index(">south<") < page.index("north registered")
    assert "Try the failed ones again" in page


def test_live_part_says_when_nothing_will_change_any_more(browser: Client, account: PartnerAccount) -> None:
    batch = draft(account, ["north"])
    batches.start(batch)
    live = reverse("admin:batch_live", args=[batch.pk])
    assert "X-Settled" not in browser.get(live)

    Batch.objects.update(state=BatchState.DONE)

    assert browser.get(live)["X-Settled"] == "1"


def test_pause_button_holds_what_is_not_sent(browser: Client, account: PartnerAccount) -> None:
    batch = draft(account, ["north", "south"])
    batches.start(batch)
    filling.fill(account.pk)

    browser.post(reverse("admin:batch_act", args=[batch.pk, "pause"]))
    drain(account.pk)

    assert remote.calls == []
    batch.refresh_from_db()
    assert batch.state == BatchState.PAUSED


def test_download_neutralises_what_a_spreadsheet_would_run(browser: Client, account: PartnerAccount) -> None:
    batch = draft(account, ["=1+1", "north"])
    batches.start(batch)
    filling.fill(account.pk)

    answer = browser.get(reverse("admin:batch_rows", args=[batch.pk]))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]

    assert lines[0].startswith("\ufeff")
    assert lines[1].startswith("Register group,'=1+1,")


def test_cards_of_the_dashboard_count_what_their_lists_show(
    browser: Client, queue: Queue, account: PartnerAccount
) -> None:
    remote.loses_answer("lost")
    queue("lost", "tests.invite")
    drain(account.pk)
    queue("north")
    queue("foreign", account=make_account("Other"))
    batches.start(draft(account, ["south"]))

    shown = {}
    for card in dashboard.cards([account]):
        changelist = browser.get(card.url).context["cl"]
        shown[str(card.title)] = (card.value, changelist.result_count)

    assert shown == {"Cases for a person": (1, 1), "Under way": (1, 1), "Running batches": (1, 1)}


def test_dashboard_names_the_case_that_a_person_has_to_decide(queue: Queue, account: PartnerAccount) -> None:
    remote.loses_answer("lost")
    operation = queue("lost", "tests.invite")
    drain(account.pk)

    (move,) = dashboard.moves([account], 10)

    assert (move.title, move.url) == ("lost", page_of(operation))


class NetworkForm(forms.Form):
    network = forms.ChoiceField(choices=[("A", "A"), ("B", "B")])


def test_draft_of_a_kind_with_choices_asks_first_and_keeps_what_was_chosen(
    browser: Client, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_forms", {"tests.register": NetworkForm})
    batch = draft(account, ["north"])
    assert "Show what would happen" in text(browser.get(page_of(batch)))

    answer = browser.post(page_of(batch), {"network": "B"}, follow=True)

    assert "calls to AutoInvoice" in text(answer)
    batch.refresh_from_db()
    assert batch.parameters == {"network": "B"}


def test_bulk_action_makes_a_draft_of_the_chosen_rows(
    browser: Client, account: PartnerAccount, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Operations themselves are the rows here: a model with an account and a list in the admin."""
    monkeypatch.setattr(type(admin.site._registry[Operation]), "actions", (actions.bulk_action("tests.register"),))
    first, second = queue("north"), queue("south")

    answer = browser.post(
        reverse("admin:operations_operation_changelist"),
        {"action": "bulk_tests_register", "_selected_action": [first.pk, second.pk]},
    )

    batch = Batch.objects.get()
    assert answer["Location"] == page_of(batch)
    assert batch.state == BatchState.DRAFT
    assert selections.after(batch, 0, 10) == [first.pk, second.pk]
    assert batch.label == "Register group: 2 operations"
