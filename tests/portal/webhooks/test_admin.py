"""Deliveries and subscriptions in the admin: who sees what, and what the buttons do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.webhooks import keys
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery, Subscription, WebhookSecret
from tests.portal.webhooks.conftest import event, keep, make_account

pytestmark = pytest.mark.django_db
Deliver = Callable[..., Delivery]
LogIn = Callable[..., Client]

DELIVERIES = "/admin/webhooks/delivery/"
SUBSCRIPTIONS = "/admin/webhooks/subscription/"


@pytest.fixture
def log_in(account: PartnerAccount) -> LogIn:
    def as_member_of(group: str, *accounts: PartnerAccount) -> Client:
        user = User.objects.create_user(group, password="x", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        for given in accounts or (account,):
            given.staff.add(user)
        client = Client()
        client.force_login(user)
        return client

    return as_member_of


@pytest.fixture
def subscription(account: PartnerAccount, secret: WebhookSecret) -> Subscription:
    return Subscription.objects.create(
        account=account,
        company_uuid=account.company_uuid,
        remote_id="s1",
        reach="VENDOR_WEBHOOK",
        destination="http://testserver/hooks/•••",
        events=["NETWORKS.*"],
        secret=secret,
    )


def failed(delivery: Delivery) -> Delivery:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.FAILED, traceback="Traceback: ValueError at 640823-3234", attempts=6
    )
    return delivery


def test_list_shows_only_deliveries_of_the_viewers_accounts(log_in: LogIn, deliver: Deliver) -> None:
    deliver(event("NETWORKS.PEPPOL.ENABLED"))
    keep(keys.issue(make_account("Other")), event("NETWORKS.BANK.CREATED"))

    page = log_in("viewer").get(DELIVERIES).content.decode()

    assert "NETWORKS.PEPPOL.ENABLED" in page
    assert "NETWORKS.BANK.CREATED" not in page


@pytest.mark.parametrize("query", ["", "?state__exact=FAILED", "?event=-", "?q=11111111-1111-4111-8111-111111111111"])
def test_list_costs_the_same_for_many_deliveries(
    log_in: LogIn, deliver: Deliver, query: str, django_assert_max_num_queries: Any
) -> None:
    client = log_in("viewer")
    for number in range(30):
        deliver(event(number=str(number)))

    with django_assert_max_num_queries(14):
        assert client.get(DELIVERIES + query).status_code == 200


def test_page_masks_personal_numbers_in_the_body(log_in: LogIn, deliver: Deliver) -> None:
    delivery = deliver(event(event_data={"recipient_bid": "640823-3234", "recipient_name": "Åsa <b>"}))

    page = log_in("viewer").get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()

    assert "3234" not in page
    assert "640823-••••" in page
    assert "<b>" not in page


@pytest.mark.parametrize("body", [b"\xff\x00", b"", b"640823-3234 said <script>", b"[" * 5000])
def test_page_shows_whatever_was_posted(log_in: LogIn, deliver: Deliver, body: bytes) -> None:
    delivery = deliver(body)

    answer = log_in("viewer").get(f"{DELIVERIES}{delivery.pk}/change/")

    assert answer.status_code == 200
    assert "said <script>" not in answer.content.decode()
    assert "640823-3234" not in answer.content.decode()


def test_page_shows_the_error_to_those_who_may_process_only(log_in: LogIn, deliver: Deliver) -> None:
    url = f"{DELIVERIES}{failed(deliver()).pk}/change/"

    agent, lead = log_in("agent").get(url).content.decode(), log_in("lead").get(url).content.decode()

    assert "Traceback" not in agent
    assert "process_again" not in agent
    assert "Traceback: ValueError at 640823-••••" in lead


def test_process_again_puts_deliveries_back(log_in: LogIn, deliver: Deliver, nudges: list[float]) -> None:
    rows = [failed(deliver()), failed(deliver())]
    selected = {"action": "process_again", "_selected_action": [row.pk for row in rows], "index": "0"}

    answer = log_in("lead").post(DELIVERIES, selected, follow=True)

    assert "2 deliveries are processed again." in answer.content.decode()
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.STORED, 0)}
    assert nudges == [0.0]


def test_process_again_is_refused_to_those_who_may_not(log_in: LogIn, deliver: Deliver) -> None:
    row = failed(deliver())

    log_in("agent").post(DELIVERIES, {"action": "process_again", "_selected_action": [row.pk], "index": "0"})

    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED


def test_subscriptions_page_never_shows_a_secret(
    log_in: LogIn, subscription: Subscription, secret: WebhookSecret
) -> None:
    client = log_in("admin")

    pages = [client.get(SUBSCRIPTIONS), client.get(f"{SUBSCRIPTIONS}{subscription.pk}/change/")]

    for page in pages:
        assert page.status_code == 200
        assert secret.secret not in page.content.decode()


def test_subscribing_asks_autoinvoice_with_what_was_chosen(log_in: LogIn, account: PartnerAccount) -> None:
    chosen = {"account": account.pk, "reach": "VENDOR_WEBHOOK", "events": ["NETWORKS.*"]}

    answer = log_in("admin").post(reverse("admin:webhooks_subscribe"), chosen)

    assert answer.status_code == 302
    operation = Operation.objects.get(kind="webhooks.subscribe")
    assert operation.parameters["events"] == ["NETWORKS.*"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reach": "WEBHOOK"}, "company"),
        ({"reach": "WEBHOOK", "company": "seven"}, "company"),
        ({"events": []}, "events"),
        ({"account": 0}, "account"),
    ],
)
def test_subscribing_names_the_field_that_is_wrong(
    log_in: LogIn, account: PartnerAccount, changes: dict[str, Any], field: str
) -> None:
    chosen = {"account": account.pk, "reach": "VENDOR_WEBHOOK", "events": ["NETWORKS.*"]} | changes

    answer = log_in("admin").post(reverse("admin:webhooks_subscribe"), chosen)

    assert list(answer.context["form"].errors) == [field]
    assert not Operation.objects.exists()


@pytest.mark.parametrize("verb", ["replace", "unsubscribe"])
def test_acting_on_a_subscription_says_what_follows_before_it_does_it(
    log_in: LogIn, subscription: Subscription, verb: str
) -> None:
    url = reverse("admin:webhooks_act", args=[subscription.pk, verb])
    client = log_in("admin")

    asked = client.get(url)
    before = Operation.objects.count()
    done = client.post(url, follow=True)

    assert (asked.status_code, before, done.status_code) == (200, 0, 200)
    assert Operation.objects.count() == 1


def test_acting_on_a_subscription_of_another_account_is_impossible(log_in: LogIn, subscription: Subscription) -> None:
    client = log_in("admin", make_account("Other"))

    answer = client.post(reverse("admin:webhooks_act", args=[subscription.pk, "unsubscribe"]))

    assert answer.status_code == 404


def test_acting_on_a_subscription_that_is_gone_answers_404(log_in: LogIn, subscription: Subscription) -> None:
    Subscription.objects.update(deleted_at=timezone.now())

    answer = log_in("admin").get(reverse("admin:webhooks_act", args=[subscription.pk, "replace"]))

    assert answer.status_code == 404


def test_asking_for_missed_events_twice_queues_it_once(log_in: LogIn, account: PartnerAccount) -> None:
    client, url = log_in("admin"), reverse("admin:webhooks_ask", args=["resend"])

    client.post(url)
    again = client.post(url, follow=True)

    assert "under way already" in again.content.decode()
    assert Operation.objects.get().kind == "webhooks.resend_unacknowledged"


@pytest.mark.parametrize(
    "url", ["/admin/subscriptions/new/", "/admin/subscriptions/1/replace/", "/admin/subscriptions/ask/read/"]
)
def test_subscribing_is_for_those_who_may(log_in: LogIn, url: str) -> None:
    assert log_in("lead").post(url).status_code == 403


def test_page_says_that_a_body_cannot_be_read_when_its_key_is_gone(log_in: LogIn, deliver: Deliver) -> None:
    delivery = deliver()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_delivery SET body = 'enc1:nonsense' WHERE id = %s", [delivery.pk])

    page = log_in("viewer").get(f"{DELIVERIES}{delivery.pk}/change/").content.decode()

    assert "FIELD_KEYS lacks the key" in page
