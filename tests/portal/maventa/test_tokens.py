"""One token serves all; a refused one is renewed once."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import msgspec
import pytest
import time_machine

from portal import maventa
from portal.maventa import Api, shared, tokens
from tests.portal.maventa.fake_api import Heard, Line, says

PATH = "/ax/v1/things"


def call(client: maventa.Client, scope: str = "company") -> object:
    return client.call(Api.AX, "GET", "/v1/things", answer=bytes, scope=scope)


def accept(*good: str):
    """Answer 200 to these tokens, 401 to others."""

    def answer(heard: Heard, line: Line) -> None:
        known = heard.headers["Authorization"].removeprefix("Bearer ") in good
        line.answer(200 if known else 401, [] if known else {"code": "unauthorized", "message": "Unauthorized"})

    return answer


def test_hundred_parallel_first_calls_make_one_token_call(api, make_client):
    api.on("GET", PATH, says(body=[]))
    gate = threading.Barrier(100)

    def first(number: int) -> None:
        client = make_client(deadline=20)
        gate.wait()
        call(client)

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(first, range(100)))

    assert api.tokens == 1
    assert len(api.calls(PATH)) == 100


def test_token_is_shared_through_the_store(api, client, make_client):
    api.on("GET", PATH, says(body=[]))
    call(client)
    tokens.forget_all()  # as another process would begin

    call(make_client())

    assert api.tokens == 1


def test_remembered_token_needs_no_store(api, client, monkeypatch):
    api.on("GET", PATH, says(body=[]))
    call(client)
    monkeypatch.setattr(tokens, "_scripts", None)

    call(client)

    assert api.tokens == 1


def test_order_of_scopes_does_not_matter(api, client):
    api.on("GET", PATH, says(body=[]))

    call(client, "company invoice:send")
    call(client, "invoice:send company company")

    assert api.tokens == 1


@pytest.mark.parametrize(
    "other",
    [{"account_id": 8}, {"version": 2}, {"company": UUID(int=3)}, {"user_key": "another"}, {"vendor_key": "another"}],
)
def test_token_serves_no_other_company_account_or_key(api, client, make_client, other):
    api.on("GET", PATH, says(body=[]))
    call(client)

    call(make_client(**other))

    assert api.tokens == 2


def test_token_lies_encrypted_in_the_store(api, client):
    api.on("GET", PATH, says(body=[]))

    call(client)

    key = tokens.key_for(client.credentials, client.company, "company")
    stored = shared.store().get(key)
    assert stored
    assert b"token-1" not in stored
    assert "user-key" not in key


def test_token_is_renewed_before_it_ends(api, client):
    api.on("GET", PATH, says(body=[]))
    with time_machine.travel(1_800_000_000, tick=True) as clock:
        call(client)
        clock.shift(3600 - 121)
        call(client)
        assert api.tokens == 1
        clock.shift(2)

        call(client)

    assert api.tokens == 2


def test_refused_token_is_renewed_once_and_the_call_goes_on(api, client):
    api.on("GET", PATH, accept("token-2"))

    assert call(client) == b"[]"
    assert api.tokens == 2


def test_write_goes_on_after_a_refused_token(api, client):
    api.on("POST", PATH, accept("token-2"))

    client.call(Api.AX, "POST", "/v1/things", scope="company", json={"a": 1})

    assert [heard.body for heard in api.calls(PATH)] == [b'{"a":1}', b'{"a":1}']


def test_second_refusal_names_the_right_that_is_probably_missing(api, client):
    api.on("GET", PATH, accept())

    with pytest.raises(maventa.RejectedError) as caught:
        call(client, "partner:lookups")
    assert (caught.value.status, caught.value.scope) == (401, "partner:lookups")
    assert "partner:lookups" in caught.value.staff_text
    assert len(api.calls(PATH)) == 2


def test_many_refused_at_once_renew_together(api, make_client):
    """A token that ends in mid-batch: all workers are refused, one fetches."""
    api.on("GET", PATH, accept("token-1"))
    call(make_client())
    api.on("GET", PATH, accept("token-2"))
    gate = threading.Barrier(20)

    def again(number: int) -> None:
        gate.wait()
        call(make_client(deadline=20))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(again, range(20)))

    assert api.tokens == 2


def test_refused_keys_are_a_refusal_of_access(api, client):
    api.on("POST", "/ax/oauth2/token", says(401, {"code": "unauthorized", "message": "no"}))

    with pytest.raises(maventa.AccessRefusedError) as caught:
        call(client, "company")
    assert caught.value.scope == "company"
    assert api.calls(PATH) == []


@pytest.mark.parametrize("status", [500, 503])
def test_write_is_temporary_when_no_token_can_be_had(api, client, status):
    api.on("POST", "/ax/oauth2/token", says(status))

    with pytest.raises(maventa.TemporaryError):
        client.call(Api.AX, "POST", "/v1/things", scope="company", json={})


@pytest.mark.slow
def test_next_worker_fetches_when_the_one_with_the_lock_was_killed(api, make_client):
    api.on("GET", PATH, says(body=[]))
    client = make_client(deadline=5)
    key = tokens.key_for(client.credentials, client.company, "company")
    shared.store().set(f"{key}:lock", "a killed worker", px=1000)
    began = time.monotonic()

    call(client)

    assert time.monotonic() - began > 0.5
    assert api.tokens == 1


def test_waiting_for_another_workers_token_ends_with_the_deadline(api, make_client):
    client = make_client(deadline=0.3)
    key = tokens.key_for(client.credentials, client.company, "company")
    shared.store().set(f"{key}:lock", "a slow worker", px=30_000)

    with pytest.raises(maventa.TemporaryError):
        call(client)
    assert api.heard == []


def test_lock_outlives_the_slowest_fetch():
    assert tokens.LOCK_SECONDS > tokens.TOKEN_TIMEOUT


def test_token_of_an_old_field_key_is_fetched_anew(api, client, settings):
    api.on("GET", PATH, says(body=[]))
    call(client)
    tokens.forget_all()
    settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]

    call(client)

    assert api.tokens == 2


def test_answer_without_a_token_is_unexpected(api, client):
    api.on("POST", "/ax/oauth2/token", says(body=b"<html>"))

    with pytest.raises(maventa.UnexpectedResponseError):
        call(client)


def test_refused_token_gives_way_to_the_one_that_another_worker_brought(api, client):
    api.on("GET", PATH, says(body=[]))
    call(client)
    api.on("GET", PATH, says(401), says(body=[]))
    key = tokens.key_for(client.credentials, client.company, "company")
    brought = tokens.granted("token of another worker", 3600)
    shared.store().set(key, shared.cipher().encrypt(msgspec.json.encode(brought)))

    call(client)

    assert api.tokens == 1
    assert api.calls(PATH)[-1].headers["Authorization"] == "Bearer token of another worker"


def test_lock_of_another_worker_is_left_alone(api, client):
    key = tokens.key_for(client.credentials, client.company, "company")
    store = shared.store()
    _take, give = tokens._scripts(store)
    store.set(f"{key}:lock", "another", px=30_000)

    give(keys=[key, f"{key}:lock"], args=["mine", b"", 1])

    assert store.get(f"{key}:lock") == b"another"


WORKER = """
import sys, uuid
import django; django.setup()
from portal import maventa
credentials = maventa.Credentials(
    7, 1, maventa.Environment.SANDBOX, maventa.hosts("SANDBOX", {"ax": sys.argv[1]}), uuid.UUID(int=1), "u", "v"
)
print("ready", flush=True)
sys.stdin.readline()
maventa.Client(credentials, uuid.UUID(int=2)).call(maventa.Api.AX, "GET", "/v1/things", scope="company")
"""


@pytest.mark.slow
def test_processes_that_begin_at_once_make_one_token_call(api):
    api.on("GET", PATH, says(body=[]))
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, f"{api.url}/ax"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"

    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()

    assert [worker.wait(20) for worker in workers] == [0, 0, 0, 0]
    assert api.tokens == 1
    for worker in workers:
        worker.stdin.close()
        worker.stdout.close()
