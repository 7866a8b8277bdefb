"""Pages of alerts: the list by state, one alert with what people do, rules and destinations, the dashboard's card."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.alerts.models import Alert, AlertRule, AlertStep, Destination, Notice
from portal.partners.models import PartnerAccount
from tests.portal.alerts.conftest import KIND, SECRET, Trouble, make_account

Look = Callable[[int], Alert | None]
LIST = "/admin/alerts/alert/"


@pytest.fixture
def alert(look: Look) -> Alert:
    made = look(3)
    assert made is not None
    return made


@pytest.fixture
def administrator(staff: User) -> Client:
    staff.user_permissions.add(
        *Permission.objects.filter(
            content_type__app_label="alerts", content_type__model__in=("alertrule", "destination")
        )
    )
    client = Client()
    client.force_login(User.objects.get(pk=staff.pk))
    return client


def page_of(alert: Alert) -> str:
    return reverse("admin:alerts_alert_change", args=[alert.pk])


def act(browser: Client, alert: Alert, verb: str, **fields: Any) -> Any:
    return browser.post(reverse("admin:alert_act", args=[alert.pk, verb]), fields)


def test_page_tells_what_is_wrong_where_and_what_to_do(browser: Client, alert: Alert) -> None:
    text = browser.get(page_of(alert)).content.decode()

    for words in (
        "Things go wrong",
        "3 things are wrong.",
        "Invoice 1001",
        "Puro Puu Oy",
        "Mend them.",
        "from 1 (things)",
    ):
        assert words in text


def test_acknowledging_wants_a_word(browser: Client, alert: Alert) -> None:
    answer = act(browser, alert, "acknowledge", note="")
    assert "Say what you do about it" in answer.content.decode()

    act(browser, alert, "acknowledge", note="Waiting for the network.")

    alert.refresh_from_db()
    assert alert.acknowledged_by is not None
    assert "Waiting for the network." in browser.get(page_of(alert)).content.decode()


def test_muting_lasts_as_long_as_was_said_and_can_be_ended(browser: Client, alert: Alert) -> None:
    act(browser, alert, "mute", hours=24)
    alert.refresh_from_db()
    assert alert.muted_until is not None
    assert timedelta(hours=23) < alert.muted_until - timezone.now() < timedelta(hours=25)

    act(browser, alert, "unmute")

    alert.refresh_from_db()
    assert alert.muted_until is None
    act(browser, alert, "mute", hours=23)  # not one of the times offered
    alert.refresh_from_db()
    assert alert.muted_until is None
    assert act(browser, alert, "explode", hours=1).status_code == 404


def test_who_may_only_look_cannot_act(browser: Client, alert: Alert, staff: User) -> None:
    staff.user_permissions.remove(Permission.objects.get(codename="work_alert"))

    assert act(browser, alert, "acknowledge", note="x").status_code == 403
    assert "Take it on" not in browser.get(page_of(alert)).content.decode()


def test_alerts_of_other_accounts_are_not_there(browser: Client, trouble: Trouble, alert: Alert) -> None:
    other = Alert.objects.create(account=make_account("Other"), kind=KIND, text="secret trouble")

    assert browser.get(page_of(other)).status_code == 404
    assert act(browser, other, "mute", hours=1).status_code == 404
    assert "secret trouble" not in browser.get(LIST).content.decode()


@pytest.mark.parametrize("state", ["open", "acknowledged", "muted", "ended"])
def test_list_shows_each_alert_under_its_state(browser: Client, account: PartnerAccount, state: str) -> None:
    now = timezone.now()
    rows = {
        "open": {},
        "acknowledged": {"acknowledged_at": now},
        "muted": {"acknowledged_at": now, "muted_until": now + timedelta(hours=1)},
        "ended": {"ended_at": now},
    }
    for number, (name, fields) in enumerate(rows.items()):
        Alert.objects.create(account=account, kind=f"k{number}", text=f"it is {name}", raised_at=now, **fields)

    text = browser.get(LIST, {"state": state}).content.decode()

    assert [name for name in rows if f"it is {name}" in text] == [state]


def test_list_costs_the_same_queries_however_many_there_are(
    browser: Client, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        Alert.objects.create(account=account, kind=f"k{number}", text="x", raised_at=timezone.now())

    with django_assert_max_num_queries(16):
        assert browser.get(LIST).status_code == 200


def test_dashboard_counts_what_nobody_has_taken_on(browser: Client, alert: Alert) -> None:
    def card() -> int:
        cards = browser.get("/admin/").context["cards"]
        return int(next(card.value for card in cards if str(card.title) == "Alerts"))

    assert card() == 1
    act(browser, alert, "acknowledge", note="mine")
    assert card() == 0


def test_rule_outside_of_its_bounds_and_a_second_one_are_refused_at_their_fields(
    administrator: Client, account: PartnerAccount, rule: AlertRule
) -> None:
    known = {"kind": KIND, "severity": 1, "worse_percent": 100, "calm_minutes": 5}

    page = administrator.post("/admin/alerts/alertrule/add/", {**known, "account": account.pk, "threshold": 0})
    assert "Give a number from 1" in page.content.decode()
    page = administrator.post("/admin/alerts/alertrule/add/", {**known, "account": "", "threshold": 5})
    assert "There is a rule for this already" in page.content.decode()
    administrator.post("/admin/alerts/alertrule/add/", {**known, "account": account.pk, "threshold": 5})

    rules = AlertRule.objects.filter(kind=KIND)
    assert set(rules.values_list("account", "threshold")) == {(None, 1), (account.pk, 5)}
    listed = administrator.get("/admin/alerts/alertrule/").content.decode()
    assert "all accounts" in listed


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"way": "MAIL", "recipients": ""}, "at least one e-mail address"),
        ({"way": "MAIL", "recipients": "desk@partner.example\nnobody"}, "“nobody” is no e-mail address"),
        ({"way": "WEBHOOK", "url": "https://evil.example/", "secret": SECRET}, "OUTBOUND_HOSTS"),
        ({"way": "WEBHOOK", "url": "http://localhost:1/in", "secret": "short"}, "24 characters or more"),
    ],
)
def test_destination_that_cannot_be_reached_is_refused_at_its_field(
    administrator: Client, fields: dict[str, str], words: str
) -> None:
    known = {"name": "Desk", "account": "", "least_severity": 1, "is_active": "on"}

    page = administrator.post("/admin/alerts/destination/add/", {**known, **fields})

    assert words in page.content.decode()
    assert not Destination.objects.exists()


def test_secret_is_kept_when_none_is_given_and_never_shown(administrator: Client, hook: Destination) -> None:
    address = reverse("admin:alerts_destination_change", args=[hook.pk])
    known = {"name": "Renamed", "account": "", "way": "WEBHOOK", "url": hook.url, "secret": "", "least_severity": 1}

    assert SECRET not in administrator.get(address).content.decode()
    administrator.post(address, {**known, "is_active": "on"})

    hook.refresh_from_db()
    assert (hook.name, hook.secret) == ("Renamed", SECRET)
    assert SECRET not in administrator.get("/admin/alerts/destination/").content.decode()


def test_test_goes_to_every_address_and_is_seen_on_the_page(administrator: Client, mailbox: Destination) -> None:
    answer = administrator.post(reverse("admin:alert_test", args=[mailbox.pk]), follow=True)

    assert set(Notice.objects.values_list("recipient", flat=True)) == {"a@desk.example", "b@desk.example"}
    assert "a@desk.example" in answer.content.decode()
    assert AlertStep.objects.count() == 0


def test_destination_is_tested_only_by_who_may_change_it(browser: Client, mailbox: Destination) -> None:
    assert browser.post(reverse("admin:alert_test", args=[mailbox.pk])).status_code == 403
