"""Answers become typed objects, or say where they are wrong."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from portal import maventa
from portal.maventa import Api
from tests.portal.maventa.fake_api import says

PATH = "/ax/v1/things"


class Thing(maventa.Answer, frozen=True):
    id: str
    sum: Decimal | None = None
    status: str | None = None
    at: maventa.Instant | None = None


def ask(client: maventa.Client) -> list[Thing]:
    return client.call(Api.AX, "GET", "/v1/things", answer=list[Thing])


def test_sums_are_exact_and_moments_have_a_zone(api, client):
    api.on("GET", PATH, says(body=b'[{"id": "a", "sum": 99999999999999.99, "at": "2026-03-01T12:00:00+02:00"}]'))

    assert ask(client) == [Thing(id="a", sum=Decimal("99999999999999.99"), at=datetime(2026, 3, 1, 10, tzinfo=UTC))]


def test_unknown_fields_words_and_nulls_do_no_harm(api, client):
    api.on("GET", PATH, says(body=b'[{"id": "a", "new": {"x": [1]}, "status": "NEVER SEEN", "sum": null}]'))

    assert ask(client) == [Thing(id="a", status="NEVER SEEN")]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'[{"id": "a"}, {"id": 7}]', "$[1].id"),
        (b'[{"sum": 1}]', "$[0]"),
        (b'{"id": "a"}', "$"),
        (b'[{"id": "a", "at": "2026-03-01T12:00:00"}]', "$[0].at"),
        (b"null", "$"),
    ],
)
def test_wrong_type_names_its_place(api, client, body, path):
    api.on("GET", PATH, says(body=body))

    with pytest.raises(maventa.UnexpectedResponseError) as caught:
        ask(client)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"<!doctype html><title>Maintenance</title>", "HTML"),
        (b'[{"id": "a"', "truncated"),
        ('[{"id": "ä"}]'.encode("latin-1"), "UTF-8"),
        (b"", "empty"),
        (b'[{"id": "a"}] and more', "broken"),
    ],
)
def test_body_that_is_no_json_is_named(api, client, body, word):
    api.on("GET", PATH, says(body=body))

    with pytest.raises(maventa.UnexpectedResponseError) as caught:
        ask(client)
    assert word in caught.value.reason


def test_byte_order_mark_is_no_part_of_a_text(api, client):
    api.on("GET", PATH, says(body="﻿OK ä".encode()))

    assert client.call(Api.AX, "GET", "/v1/things", answer=str) == "OK ä"


def test_answers_cannot_be_changed():
    thing = Thing(id="a")

    with pytest.raises(AttributeError):
        thing.id = "b"
