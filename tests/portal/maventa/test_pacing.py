"""The pace of an account holds over all workers, and a killed one leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from portal import maventa
from portal.maventa import Api, pacing, shared
from portal.maventa.deadline import Deadline
from tests.portal.maventa.fake_api import Heard, Line, says

PATH = "/ax/v1/things"

WORKER = """
import sys, time, uuid
import django; django.setup()
from portal import maventa
from portal.maventa import pacing
from portal.maventa.deadline import Deadline
url, rate, parallel, count, hold = sys.argv[1], *map(float, sys.argv[2:])
credentials = maventa.Credentials(
    7, 1, maventa.Environment.SANDBOX, maventa.hosts("SANDBOX", {"ax": url}), uuid.UUID(int=1), "u", "v",
    rate, int(parallel),
)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(count)):
    with pacing.lease(credentials, Deadline(30)):
        print(time.time(), flush=True)
        time.sleep(hold)
        print(-time.time(), flush=True)
"""


def start(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, "http://127.0.0.1:1", *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ.copy(),
    )  # fmt: skip


def release(workers: list[subprocess.Popen[str]]) -> None:
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()


@pytest.mark.slow
def test_four_processes_share_one_pace():
    workers = [start(40, 64, 15, 0) for _ in range(4)]
    release(workers)

    times = sorted(t for worker in workers for t in map(float, worker.communicate()[0].split()) if t > 0)

    assert len(times) == 60
    worst_second = max(sum(1 for t in times if begin <= t < begin + 1) for begin in times)
    assert worst_second <= 44  # 40, and what a sleep that ends late can push together
    assert times[-1] - times[0] < 3 * 60 / 40, "each at a quarter of the pace would take four times as long"


@pytest.mark.slow
def test_four_processes_share_the_parallel_calls():
    workers = [start(1000, 3, 6, 0.05) for _ in range(4)]
    release(workers)

    events = sorted(
        (abs(t), 1 if t > 0 else -1) for worker in workers for t in map(float, worker.communicate()[0].split())
    )

    running, most = 0, 0
    for _, change in events:
        running += change
        most = max(most, running)
    assert most == 3


@pytest.mark.slow
def test_killed_worker_leaks_no_place(make_credentials, monkeypatch):
    monkeypatch.setattr(pacing, "_LEASE_MARGIN", 0.0)
    credentials = make_credentials(parallel_calls=1)
    worker = start(1000, 1, 1, 60)
    release([worker])
    worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    (place,) = shared.store().zrange(pacing._keys(credentials)[0], 0, -1)
    with pytest.raises(maventa.TemporaryError), pacing.lease(credentials, Deadline(0.2)):
        pass
    # Its lease would end with its call's deadline; bring that moment near.
    seconds, microseconds = shared.store().time()
    shared.store().zadd(pacing._keys(credentials)[0], {place: seconds * 1_000_000 + microseconds + 100_000})

    with pacing.lease(credentials, Deadline(5)):
        held = shared.store().zcard(pacing._keys(credentials)[0])

    assert held == 1


def test_place_ends_with_the_deadline_of_its_call(make_credentials):
    credentials = make_credentials()

    with pacing.lease(credentials, Deadline(3)):
        seconds, _ = shared.store().time()
        ((_, ends),) = shared.store().zrange(pacing._keys(credentials)[0], 0, -1, withscores=True)

    assert 3 < ends / 1_000_000 - seconds < 3 + pacing._LEASE_MARGIN + 1.5
    assert shared.store().zcard(pacing._keys(credentials)[0]) == 0


def test_place_is_given_back_when_the_call_fails(api, client):
    api.on("GET", PATH, lambda heard, line: line.reset())

    with pytest.raises(maventa.TemporaryError):
        client.call(Api.AX, "GET", "/v1/things")

    assert shared.store().zcard(pacing._keys(client.credentials)[0]) == 0


def test_no_more_calls_at_once_than_allowed(api, make_client):
    running, most, lock = 0, 0, threading.Lock()

    def answer(heard: Heard, line: Line) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        line.answer(body=[])

    api.on("GET", PATH, answer)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: make_client(parallel_calls=2).call(Api.AX, "GET", "/v1/things"), range(16)))

    assert most == 2


def test_waiting_for_a_place_ends_with_the_deadline_and_nothing_was_sent(api, make_client):
    client = make_client(parallel_calls=1, deadline=0.3)
    began = time.monotonic()

    with pacing.lease(client.credentials, Deadline(60)), pytest.raises(maventa.TemporaryError):
        client.call(Api.AX, "POST", "/v1/things", json={})

    assert time.monotonic() - began < 10
    assert api.heard == []


def test_call_that_would_wait_too_long_does_not_wait(api, make_client):
    api.on("GET", PATH, says(body=[]))
    client = make_client(calls_per_second=0.01, deadline=30)
    client.call(Api.AX, "GET", "/v1/things")
    began = time.monotonic()

    with pytest.raises(maventa.TemporaryError) as caught:
        client.call(Api.AX, "GET", "/v1/things")

    assert 95 < caught.value.retry_after <= 100
    assert time.monotonic() - began < 10


def test_accounts_do_not_slow_each_other(make_credentials):
    one, other = make_credentials(parallel_calls=1), make_credentials(parallel_calls=1, account_id=8)

    with pacing.lease(one, Deadline(60)), pacing.lease(other, Deadline(10)):
        held = [shared.store().zcard(pacing._keys(credentials)[0]) for credentials in (one, other)]

    assert held == [1, 1]


def test_missing_store_is_temporary(api, client):
    shared.use_store(lambda: redis.Redis.from_url("unix:///nowhere/valkey.sock"))
    try:
        with pytest.raises(maventa.TemporaryError):
            client.call(Api.AX, "POST", "/v1/things", json={})
    finally:
        shared.use_store(None)
    assert api.heard == []
