"""The client against the simulator's own faults: the same words for the same trouble, on real calls."""

import pytest

from portal import maventa
from portal.maventa import Api
from portal.partners import clients


@pytest.fixture
def client(simulated_account, simulator):
    client = clients.for_account(simulated_account, log=lambda record: None)
    client.deadline = 5
    assert read(client)  # the token is there
    yield client
    simulator.clear_faults()


def read(client: maventa.Client) -> dict:
    return client.call(Api.AX, "GET", "/oauth2/current", answer=dict, scope="global company")


def write(client: maventa.Client) -> None:
    client.call(Api.AX, "POST", "/v1/company/keep_active", scope="global company")


def test_expired_token_is_renewed_in_the_middle(client, simulator):
    simulator.fault("expired_token", path="/oauth2/current", count=1)

    assert read(client)["company"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_dropped_read_is_asked_again(client, simulator, kind):
    simulator.fault(kind, path="/oauth2/current", count=1)

    assert read(client)["company"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "500", "500_after", "html"])
def test_lost_write_is_unknown(client, simulator, kind):
    """From outside nobody can tell whether the connection broke before the effect or after it."""
    simulator.fault(kind, path="/v1/company/keep_active", count=1)

    with pytest.raises(maventa.OutcomeUnknownError):
        write(client)


@pytest.mark.parametrize("kind", ["503", "429"])
def test_break_and_limit_are_temporary_for_a_write(client, simulator, kind):
    simulator.fault(kind, path="/v1/company/keep_active", count=1, seconds=1)

    with pytest.raises(maventa.TemporaryError) as caught:
        write(client)
    assert caught.value.retry_after == 1


@pytest.mark.parametrize("kind", ["malformed", "wrong_type", "html_after"])
def test_nonsense_is_named(client, simulator, kind):
    simulator.fault(kind, path="/oauth2/current", count=1)

    with pytest.raises(maventa.UnexpectedResponseError):
        read(client)


def test_slow_answer_ends_with_the_deadline(client, simulator):
    simulator.fault("slow", path="/v1/company/keep_active", count=1, seconds=2)
    client.deadline = 0.3

    with pytest.raises(maventa.OutcomeUnknownError):
        write(client)


def test_right_that_was_not_granted_is_named(client, simulator, simulated_account):
    simulator.change(str(simulated_account.company_uuid), withheld_scopes=["partner:lookups"])
    try:
        with pytest.raises(maventa.RejectedError) as caught:
            client.call(
                Api.AX, "GET", "/v1/partner/lookups/companies", scope="partner:lookups",
                params={"bids": ["20000016"], "country": "FI"}, answer=list[dict],
            )  # fmt: skip
    finally:
        simulator.change(str(simulated_account.company_uuid), withheld_scopes=[])

    assert (caught.value.status, caught.value.scope) == (401, "partner:lookups")
