"""The call log: complete, without secrets, and not for ever."""

from uuid import UUID

import pytest
from django.utils import timezone

from portal import maventa
from portal.maventa import Api
from portal.partners import calls, clients
from portal.partners.models import ApiCall


def record(**changes: object) -> maventa.CallRecord:
    given = {
        "at": timezone.now(), "api": Api.AX, "method": "GET", "path_template": "/v1/x/{id}", "path": "/v1/x/3",
        "company": UUID(int=1), "status": 200, "ms": 12, "request_id": "r", "error": "", "operation": 5,
    }  # fmt: skip
    return maventa.CallRecord(**{**given, **changes})


def test_client_writes_each_call_at_once(simulated_account):
    client = clients.for_account(simulated_account, operation=42)

    client.call(Api.AX, "GET", "/oauth2/current", answer=dict, scope="global")

    token, call = ApiCall.objects.order_by("pk")
    assert (token.method, token.path, token.status) == ("POST", "/oauth2/token", 200)
    assert (call.path, call.status, call.operation_id, call.api) == ("/oauth2/current", 200, 42, "AX")
    assert call.company_uuid == simulated_account.company_uuid
    assert len(call.request_id) == 32


def test_client_speaks_for_another_company_when_told(simulated_account):
    told = []
    client = clients.for_account(simulated_account, company=UUID(int=9), log=told.append)

    with pytest.raises(maventa.AccessRefusedError):
        client.call(Api.AX, "GET", "/oauth2/current", answer=dict, scope="global")

    assert [call.company for call in told] == [UUID(int=9)]
    assert not ApiCall.objects.exists()


def test_client_of_a_real_environment_has_its_hosts_only(make_account):
    account = make_account(environment="PRODUCTION", sandbox_urls={"ax_url": "http://127.0.0.1:8001"})

    urls = clients.credentials_of(account).urls

    assert urls[Api.AX] == "https://ax.maventa.com"


def test_client_of_a_sandbox_with_a_real_host_cannot_be_made(make_account):
    account = make_account(environment="SANDBOX", sandbox_urls={"ax_url": "https://ax.maventa.com"})

    with pytest.raises(maventa.ConfigurationError):
        clients.for_account(account)


def test_many_calls_are_stored_in_one_statement(make_account, django_assert_num_queries):
    account = make_account()

    with django_assert_num_queries(1):
        calls.store(account.pk, [record(), record(status=None, error="x" * 500, path="/" + "y" * 500)])

    lost = ApiCall.objects.get(status=None)
    assert (len(lost.error), len(lost.path)) == (200, 300)
