"""Webhooks: subscriptions, whom they cover, retries, and what an event looks like."""

from datetime import datetime, timedelta

import pytest

from portal.sandbox.outbox import local_stamp, wants
from tests.portal.sandbox.clients import Ax, Inbox, refusal

HOUR = 3600


def subscription(inbox: Inbox, *events: str, **fields: object) -> dict[str, object]:
    return {
        "destination_type": "VENDOR_WEBHOOK",
        "destination": inbox.url,
        "events": list(events or ["COMPANIES.AUTHORIZATION.*"]),
    } | fields


@pytest.mark.parametrize(
    ("pattern", "event", "wanted"),
    [
        ("NETWORKS.*", "NETWORKS.PEPPOL.CREATED", True),
        ("DOCUMENTS.*.*", "DOCUMENTS.INVOICE.FAILED", True),
        ("DOCUMENTS.*.FAILED", "DOCUMENTS.INVOICE.FAILED", True),
        ("DOCUMENTS.*.FAILED", "DOCUMENTS.INVOICE.DELIVERED", False),
        ("DOCUMENTS.INVOICE.FAILED", "DOCUMENTS.INVOICE.FAILED", True),
        ("COMPANIES.*", "NETWORKS.PEPPOL.CREATED", False),
        ("DOCUMENTS.*.*", "DOCUMENTS.INVOICE", False),
        ("*", "NETWORKS.PEPPOL.CREATED", True),
    ],
)
def test_a_last_star_covers_all_that_follows(pattern: str, event: str, wanted: bool) -> None:
    assert wants([pattern], event) is wanted


@pytest.mark.parametrize(
    ("moment", "offset"),
    [
        ("2026-01-15T12:00:00+00:00", 2),
        ("2026-03-29T00:59:59+00:00", 2),
        ("2026-03-29T01:00:00+00:00", 3),
        ("2026-10-25T00:59:59+00:00", 3),
        ("2026-10-25T01:00:00+00:00", 2),
    ],
)
def test_event_times_carry_the_local_offset(moment: str, offset: int) -> None:
    told = datetime.fromisoformat(local_stamp(datetime.fromisoformat(moment)))

    assert told == datetime.fromisoformat(moment)
    assert told.utcoffset() == timedelta(hours=offset)


def test_a_partner_is_told_of_every_linked_company(ax: Ax, inbox: Inbox) -> None:
    ax.post("/v1/company/notifications", subscription(inbox))
    linked, unlinked = ax.as_company(ax.register("SE")), ax.as_company(ax.register("NO"))
    unlinked.call("DELETE", "/v1/company/vendors")

    for company in (unlinked, linked):
        authorize(company)

    ax.simulator.settle()
    assert [(body["company_id"], body["event_data"]) for body in inbox.wait_for(1)] == [
        (linked.company, {"state": "VERIFIED"})
    ]


def test_a_vendor_key_limits_whom_a_partner_is_told_of(ax: Ax, inbox: Inbox) -> None:
    partner = ax.simulator.credentials["company_uuid"]
    other_key = ax.simulator.control("POST", f"/companies/{partner}/vendor_keys")["vendor_api_key"]
    ax.post("/v1/company/notifications", subscription(inbox, vendor_key=other_key), expected=201)
    by_first = ax.as_company(ax.register("SE"))
    by_other = ax.as_company(ax.register("NO", vendor_api_key=other_key))

    authorize(by_first)
    authorize(by_other)

    ax.simulator.settle()
    assert [body["company_id"] for body in inbox.wait_for(1)] == [by_other.company]


def test_a_company_is_told_of_itself_only(ax: Ax, inbox: Inbox) -> None:
    company, other = ax.as_company(ax.register("SE")), ax.as_company(ax.register("NO"))
    company.post("/v1/company/notifications", subscription(inbox, destination_type="WEBHOOK"))

    authorize(other)
    authorize(company)

    ax.simulator.settle()
    assert [body["company_id"] for body in inbox.wait_for(1)] == [company.company]


def test_an_event_has_its_envelope_and_basic_auth_of_the_address(ax: Ax, inbox: Inbox) -> None:
    address = inbox.url.replace("http://", "http://hook:s3cret@") + "?token=abc"
    ax.post("/v1/company/notifications", subscription(inbox, "NETWORKS.*", destination=address))
    company = ax.verified("SE")

    profile = company.on_network("VISMA")

    body = inbox.wait_for(1)[0]
    path, headers, _ = inbox.posts[0]
    assert body["event_data"] == {"network": "VISMA", "profiles": ["INVOICE_AND_CREDIT_NOTE"], "id": profile["id"]}
    assert datetime.fromisoformat(body["event_timestamp"]).utcoffset() in (timedelta(hours=2), timedelta(hours=3))
    assert path == "/hook?token=abc"
    assert headers["Authorization"] == "Basic aG9vazpzM2NyZXQ="
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [500, 400, 302, 202])
def test_an_unacknowledged_event_is_tried_again_hourly(ax: Ax, inbox: Inbox, status: int) -> None:
    inbox.status = status
    ax.post("/v1/company/notifications", subscription(inbox))
    ax.verified("SE")
    inbox.wait_for(1)
    ax.simulator.settle()

    ax.simulator.advance(HOUR + 1)
    inbox.wait_for(2)
    inbox.status = 200
    ax.simulator.settle()
    ax.simulator.advance(HOUR + 1)
    inbox.wait_for(3)
    ax.simulator.settle()
    ax.simulator.advance(HOUR + 1)

    assert [event["state"] for event in ax.simulator.webhooks()] == ["acknowledged"]
    assert len(inbox.posts) == 3


def test_after_a_day_an_event_is_given_up_until_it_is_asked_for(ax: Ax, inbox: Inbox) -> None:
    inbox.status = 503
    ax.post("/v1/company/notifications", subscription(inbox))
    ax.verified("SE")
    inbox.wait_for(1)
    for hours in (12, 13, 2):
        ax.simulator.settle()
        ax.simulator.advance(hours * HOUR)
    ax.simulator.settle()
    given_up = ax.simulator.webhooks()[0]
    inbox.status = 204

    Ax(ax.simulator).post("/v1/company/notifications_resend_unacknowledged", expected=200)

    inbox.wait_for(given_up["attempts"] + 1)
    ax.simulator.settle()
    assert given_up["state"] == "given_up"
    assert ax.simulator.webhooks()[0]["state"] == "acknowledged"


def test_a_destination_that_is_gone_is_tried_again(ax: Ax, inbox: Inbox) -> None:
    ax.post("/v1/company/notifications", subscription(inbox, destination="http://127.0.0.1:9/hook"))

    ax.verified("SE")

    ax.until(lambda: ax.simulator.webhooks()[0]["attempts"] == 1)
    event = ax.simulator.webhooks()[0]
    assert event["state"] == "pending"
    assert "ConnectionRefused" in event["last_answer"]


def test_subscriptions_are_listed_shown_and_deleted(ax: Ax, inbox: Inbox) -> None:
    made = ax.post("/v1/company/notifications", subscription(inbox, "NETWORKS.*"), expected=201)

    listed, shown = ax.get("/v1/company/notifications"), ax.get(f"/v1/company/notifications/{made['id']}")
    deleted = ax.call("DELETE", f"/v1/company/notifications/{made['id']}")

    assert listed == [made]
    assert shown == made
    assert (made["destination"], made["events"]) == (inbox.url, ["NETWORKS.*"])
    assert deleted.status_code == 204
    assert refusal(ax.call("GET", f"/v1/company/notifications/{made['id']}")) == (404, "not_found")
    ax.verified("SE").on_network("VISMA")
    assert inbox.posts == []


@pytest.mark.parametrize(
    "fields",
    [
        {"events": []},
        {"destination_type": "EMAIL"},
        {"destination": "https://erp.example.com/in"},
        {"destination": "http://10.0.0.1/in"},
        {"destination": "ftp://127.0.0.1/in"},
        {"destination": "nowhere"},
        {"vendor_key": "of-another-partner"},
    ],
)
def test_a_wrong_subscription_is_refused(ax: Ax, inbox: Inbox, fields: dict[str, object]) -> None:
    answer = ax.call("POST", "/v1/company/notifications", json=subscription(inbox, **fields))

    assert refusal(answer) == (400, "invalid_parameters")
    assert ax.get("/v1/company/notifications") == []


def test_a_destination_elsewhere_is_refused_with_the_reason(ax: Ax, inbox: Inbox) -> None:
    body = subscription(inbox, destination="https://erp.example.com/in")

    answer = ax.call("POST", "/v1/company/notifications", json=body)

    assert "the machine it runs on" in answer.json()["details"][0]


def test_only_a_partner_gets_a_vendor_webhook(ax: Ax, inbox: Inbox) -> None:
    company = ax.as_company(ax.register())

    assert refusal(company.call("POST", "/v1/company/notifications", json=subscription(inbox))) == (
        401,
        "unauthorized",
    )


def test_webhooks_are_lost_doubled_and_held_back_by_rule(ax: Ax, inbox: Inbox) -> None:
    ax.post("/v1/company/notifications", subscription(inbox, "NETWORKS.*"))
    ax.simulator.fault("webhook_lost", path="NETWORKS.VISMA.*", count=1)
    ax.simulator.fault("webhook_doubled", path="NETWORKS.*.ENABLED", count=1)
    ax.simulator.fault("webhook_reordered", path="NETWORKS.PEPPOL.CREATED")
    company = ax.verified("SE")

    company.on_network("VISMA")
    company.on_network("PEPPOL")

    inbox.wait_for(4)
    assert inbox.events == [
        "NETWORKS.VISMA.ENABLED",
        "NETWORKS.VISMA.ENABLED",
        "NETWORKS.PEPPOL.ENABLED",
        "NETWORKS.PEPPOL.CREATED",
    ]


def authorize(company: Ax) -> None:
    company.post(
        "/v1/company/authorization",
        {"auth_email": "boss@example.test", "locale": "EN", "options": '{"authorization_method": "own"}'},
    )
