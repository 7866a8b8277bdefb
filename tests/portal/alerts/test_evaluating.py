"""When an alert opens, is raised again, and ends; and what people's word changes of that."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from portal import watching
from portal.alerts import evaluating, rules, taking_on
from portal.alerts.models import Alert, AlertRule, AlertStep, Occasion, Severity
from portal.partners.models import PartnerAccount
from portal.watching import Watched
from tests.portal.alerts.conftest import KIND, Trouble, make_account

Look = Callable[[int], Alert | None]


def occasions() -> list[str]:
    return list(AlertStep.objects.order_by("pk").values_list("occasion", flat=True))


def must(alert: Alert | None) -> Alert:
    assert alert is not None
    alert.refresh_from_db()
    return alert


def test_nothing_wrong_is_no_alert(look: Look) -> None:
    assert look(0) is None


def test_it_opens_once_and_names_the_company_and_the_invoice(look: Look, trouble: Trouble) -> None:
    first, again = look(3), look(3)

    assert first == again
    alert = must(again)
    assert (alert.count, alert.text, alert.severity) == (3, "3 things are wrong.", Severity.SERIOUS)
    assert alert.examples == [
        {"title": "Invoice 1001", "company": "Puro Puu Oy", "url": "/admin/things/1/", "since": ""}
    ]
    assert occasions() == [Occasion.OPENED]
    assert trouble.examples == 1, "examples are read only when something changed"


def test_each_account_has_an_alert_of_its_own(account: PartnerAccount, trouble: Trouble) -> None:
    other = make_account("Other")
    trouble.counts = {account.pk: 1, other.pk: 2}

    evaluating.evaluate()

    assert dict(Alert.objects.values_list("account", "count")) == {account.pk: 1, other.pk: 2}


def test_it_is_raised_again_only_when_it_has_grown_as_much_as_the_rule_says(look: Look, rule: AlertRule) -> None:
    AlertRule.objects.update(worse_percent=50)

    for count in (10, 14, 15, 20, 23):
        look(count)

    assert occasions() == [Occasion.OPENED, Occasion.WORSE, Occasion.WORSE]
    assert list(AlertStep.objects.order_by("pk").values_list("count", flat=True)) == [10, 15, 23]


def test_it_ends_by_itself_when_it_has_been_calm_for_a_while(look: Look, rule: AlertRule) -> None:
    AlertRule.objects.update(calm_minutes=5)
    look(1)

    assert must(look(0)).ended_at is None
    look(1)
    assert must(look(0)).ended_at is None, "it came back in between, the calm counts anew"
    Alert.objects.update(calm_since=timezone.now() - timedelta(minutes=5))
    assert must(look(0)).ended_at is not None

    assert occasions() == [Occasion.OPENED, Occasion.ENDED]
    look(1)
    assert Alert.objects.count() == 2, "the next time is another alert"


def test_acknowledged_it_is_silent_until_it_grows_worse(look: Look, staff: User) -> None:
    alert = must(look(2))

    assert taking_on.acknowledge(alert, staff, "The network is down, we wait.")
    assert not taking_on.acknowledge(alert, staff, "twice")
    look(3)
    assert occasions() == [Occasion.OPENED, Occasion.ACKNOWLEDGED]
    look(4)

    assert must(alert).acknowledged_at is None
    assert occasions() == [Occasion.OPENED, Occasion.ACKNOWLEDGED, Occasion.WORSE]
    assert AlertStep.objects.get(occasion=Occasion.ACKNOWLEDGED).note == "The network is down, we wait."


def test_muted_it_is_silent_whatever_it_does_and_speaks_up_afterwards(look: Look, staff: User) -> None:
    alert = must(look(2))
    taking_on.mute(alert, staff, hours=4)

    look(100)
    assert occasions() == [Occasion.OPENED, Occasion.MUTED]
    Alert.objects.update(muted_until=timezone.now() - timedelta(seconds=1), raised_weight=100)
    look(100)

    assert occasions() == [Occasion.OPENED, Occasion.MUTED, Occasion.LASTS]
    look(100)
    assert len(occasions()) == 3


def test_muted_it_still_ends(look: Look, rule: AlertRule, staff: User) -> None:
    taking_on.mute(must(look(2)), staff, hours=4)

    assert must(look(0)).ended_at is not None


def test_ended_it_takes_no_word_any_more(look: Look, rule: AlertRule, staff: User) -> None:
    look(2)
    alert = must(look(0))

    assert not taking_on.acknowledge(alert, staff, "late")
    assert not taking_on.mute(alert, staff, hours=4)


def test_a_rule_of_the_account_goes_before_the_general_one(
    look: Look, account: PartnerAccount, rule: AlertRule, trouble: Trouble
) -> None:
    other = make_account("Other")
    trouble.counts[other.pk] = 5
    AlertRule.objects.create(kind=KIND, account=account, threshold=10)

    look(9)

    assert [alert.account for alert in Alert.objects.all()] == [other]


def test_switched_off_it_ends(look: Look, rule: AlertRule) -> None:
    AlertRule.objects.update(calm_minutes=60)
    look(1)
    AlertRule.objects.update(is_on=False)

    assert must(look(1)).ended_at is not None


def test_alerts_of_an_account_that_is_switched_off_end(look: Look, account: PartnerAccount) -> None:
    look(1)
    PartnerAccount.objects.update(is_active=False)

    assert must(look(1)).ended_at is not None


def test_a_look_that_fails_neither_ends_its_alert_nor_stops_the_others(
    look: Look, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = must(look(1))
    other = Trouble()
    other.counts[alert.account_id] = 1
    both = {
        **watching._watched,
        "tests.zother": Watched("tests.zother", "Other", "others", 1, "Mend.", other.look),
    }
    monkeypatch.setattr(watching, "_watched", both)
    trouble.error = RuntimeError("no such table")

    with pytest.raises(ExceptionGroup, match="looks for alerts failed"):
        evaluating.evaluate()

    assert must(alert).ended_at is None
    assert Alert.objects.filter(kind="tests.zother").exists()


def test_a_look_that_was_overtaken_changes_nothing(look: Look, account: PartnerAccount, rule: AlertRule) -> None:
    watched = watching.get(KIND)
    assert watched is not None
    before = timezone.now()
    old = Trouble({account.pk: 7}).look(account, 1)

    look(2)
    evaluating.note(account, watched, rule, old, before)
    assert Alert.objects.get().count == 2
    look(0)
    evaluating.note(account, watched, rule, old, before)

    assert occasions() == [Occasion.OPENED, Occasion.ENDED]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_that_look_at_once_open_one_alert(account: PartnerAccount, trouble: Trouble) -> None:
    trouble.counts[account.pk] = 1
    barrier, errors = threading.Barrier(4), []

    def work() -> None:
        try:
            barrier.wait()
            for _time in range(5):
                evaluating.evaluate()
        except Exception as error:  # noqa: BLE001  shown below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert occasions() == [Occasion.OPENED]


def test_general_rules_are_written_for_what_is_newly_watched(db: None) -> None:
    AlertRule.objects.all().delete()

    rules.make_missing()
    AlertRule.objects.update(threshold=7)
    rules.make_missing()

    assert list(AlertRule.objects.values_list("kind", "threshold", "severity")) == [(KIND, 7, Severity.SERIOUS)]
