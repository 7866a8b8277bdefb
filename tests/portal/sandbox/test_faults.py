"""Faults by rule, and the clock they train with."""

import threading
import time
from datetime import UTC, datetime

import pytest
import requests

from portal.sandbox.faults import Faults, Rule
from portal.sandbox.store import Store
from tests.portal.sandbox.clients import Ax, refusal
from tests.sandbox import Sandbox


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("500", 500, "internal_error"),
        ("503", 503, "service_unavailable"),
        ("429", 429, "too_many_requests"),
        ("expired_token", 401, "unauthorized"),
        ("500_after", 500, "internal_error"),
    ],
)
def test_a_rule_answers_in_the_place_of_the_api(ax: Ax, kind: str, status: int, code: str) -> None:
    ax.get("/v1/companies")
    ax.simulator.fault(kind, path="/v1/companies", count=1)

    assert refusal(ax.call("GET", "/v1/companies")) == (status, code)


@pytest.mark.parametrize("kind", ["503", "429"])
def test_a_busy_answer_says_when_to_come_again(ax: Ax, kind: str) -> None:
    ax.simulator.fault(kind, path="/v1/companies", seconds=7)

    assert ax.call("GET", "/v1/companies").headers["Retry-After"] == "7"


def test_an_expired_token_stays_expired(ax: Ax) -> None:
    ax.get("/v1/companies")
    ax.simulator.fault("expired_token", count=1)
    ax.call("GET", "/v1/companies")

    assert refusal(ax.call("GET", "/v1/companies")) == (401, "unauthorized")
    assert Ax(ax.simulator).call("GET", "/v1/companies").status_code == 200


@pytest.mark.parametrize(("kind", "expected"), [("drop_before", 1), ("drop_after", 2)])
def test_a_dropped_connection_comes_before_or_after_the_effect(ax: Ax, kind: str, expected: int) -> None:
    ax.simulator.fault(kind, method="POST", path="/v1/companies", count=1)

    with pytest.raises(requests.ConnectionError):
        ax.register_raw("SE")

    assert ax.simulator.state()["counts"]["companies"] == expected


@pytest.mark.parametrize("kind", ["malformed", "wrong_type", "html_after", "500_after"])
def test_a_spoilt_answer_comes_after_the_effect(ax: Ax, kind: str) -> None:
    ax.simulator.fault(kind, method="POST", path="/v1/companies", count=1)

    answer = ax.register_raw("SE")

    assert ax.simulator.state()["counts"]["companies"] == 2
    if kind in ("malformed", "html_after"):
        with pytest.raises(requests.JSONDecodeError):
            answer.json()
    else:
        assert "id" not in answer.json()


def test_html_comes_instead_of_the_effect(ax: Ax) -> None:
    ax.simulator.fault("html", method="POST", path="/v1/companies", count=1)

    answer = ax.register_raw("SE")

    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert ax.simulator.state()["counts"]["companies"] == 1


def test_a_slow_answer_is_right_but_late(ax: Ax) -> None:
    ax.simulator.fault("slow", path="/v1/companies", seconds=0.1)

    started = time.monotonic()
    companies = ax.get("/v1/companies")

    assert time.monotonic() - started >= 0.1
    assert len(companies) == 1


def test_latency_delays_every_call_but_not_one_after_the_other(ax: Ax) -> None:
    ax.get("/v1/companies")
    ax.simulator.latency(0.5)
    others = [Ax(ax.simulator) for _ in range(8)]
    started = time.monotonic()

    threads = [threading.Thread(target=other.simulator.token) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 0.5 <= time.monotonic() - started < 0.5 * len(others)


def test_a_rule_hits_its_calls_only_and_as_often_as_it_says(ax: Ax) -> None:
    ax.simulator.fault("500", method="GET", path="/v1/company/*", count=2)

    statuses = [ax.call("GET", "/v1/company/settings").status_code for _ in range(3)]

    assert statuses == [500, 500, 200]
    assert ax.call("GET", "/v1/companies").status_code == 200


def test_a_share_hits_about_that_many() -> None:
    store = Store()
    faults = Faults(store)
    faults.add(Rule("500", share=0.3))

    hits = sum(1 for _ in range(1000) if faults.pick("ax", "GET", "/v1/companies"))

    assert 240 < hits < 360
    store.close()


def test_rules_outlive_the_process_that_set_them() -> None:
    store = Store()
    Faults(store).add(Rule("500", path="/v1/companies"))
    Faults(store).set_latency(0.05)

    again = Faults(store)

    assert [(rule.kind, rule.path) for rule in again.rules] == [("500", "/v1/companies")]
    assert again.latency == 0.05
    store.close()


def test_rules_are_listed_and_removed(simulator: Sandbox) -> None:
    first, second = simulator.fault("500"), simulator.fault("503")

    simulator.control("DELETE", f"/faults/{first}")
    left = simulator.state()["faults"]
    simulator.clear_faults()

    assert [rule["id"] for rule in left] == [second]
    assert simulator.state()["faults"] == []


@pytest.mark.parametrize(
    "rule",
    [{"kind": "flood"}, {}, {"kind": "500", "share": 2}, {"kind": "500", "count": "x"}, {"kind": "500", "where": "x"}],
)
def test_a_wrong_rule_is_refused(simulator: Sandbox, rule: dict[str, object]) -> None:
    answer = requests.post(f"{simulator.url}/_sandbox/faults", json=rule, timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert simulator.state()["faults"] == []


def test_the_control_api_takes_no_change_from_another_site(simulator: Sandbox) -> None:
    answer = requests.post(
        f"{simulator.url}/_sandbox/reset", headers={"Origin": "https://elsewhere.example"}, timeout=10
    )

    assert answer.status_code == 403


def test_nothing_happens_at_the_manual_pace_until_the_clock_is_moved(manual_ax: Ax) -> None:
    company = manual_ax.verified("FI")
    made = company.post("/v1/company/profiles", {"network": "VISMA"})
    before = manual_ax.simulator.control("GET", "/clock")

    company.simulator.control("POST", "/clock", {"next": True})
    after_next = company.get(f"/v1/company/profiles/{made['id']}")["status"]
    bank_before = company.get("/v1/company/profiles?network=BANK")[0]["status"]
    company.simulator.advance(3 * 86400)  # a bank takes one to three days

    assert before["stands_still"] is True
    assert after_next == "active"
    assert bank_before == "pending"
    assert (
        Ax(manual_ax.simulator, company.company, "", "eui").get("/v1/company/profiles?network=BANK")[0]["status"]
        == "active"
    )


def test_a_job_runs_at_its_own_time_when_the_clock_jumps_over_it(manual_ax: Ax) -> None:
    manual_ax.simulator.control("POST", "/clock", {"set": "2027-03-01T10:00:00Z"})
    company = Ax(manual_ax.simulator).verified("SE")
    company.post("/v1/company/profiles", {"network": "VISMA"})

    company.simulator.advance(86400)

    [profile] = Ax(company.simulator, company.company, "", "eui").get("/v1/company/profiles")
    assert profile["last_event"] == {"message": "Registered", "created_at": "2027-03-01T10:10:00Z"}


def test_the_clock_is_set_and_advanced(manual: Sandbox) -> None:
    set_to = manual.control("POST", "/clock", {"set": "2027-03-01T12:00:00+02:00"})["now"]
    manual.advance(3600)

    assert set_to == "2027-03-01T10:00:00Z"
    assert manual.control("GET", "/clock")["now"] == "2027-03-01T11:00:00Z"


def test_a_reset_takes_the_clock_back(manual: Sandbox) -> None:
    manual.advance(400 * 86400)

    manual.reset()

    now = datetime.fromisoformat(manual.control("GET", "/clock")["now"])
    assert abs((now - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("body", [{}, {"set": "tomorrow"}, {"advance": "x"}])
def test_a_wrong_time_is_refused(manual: Sandbox, body: dict[str, object]) -> None:
    assert requests.post(f"{manual.url}/_sandbox/clock", json=body, timeout=10).status_code == 400
