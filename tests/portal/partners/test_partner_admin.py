"""Partner accounts in the admin: tried before saved, keys never shown again."""

import pytest
from django.urls import reverse

from portal.partners.models import ApiCall, PartnerAccount
from tests.portal.partners.conftest import COMPANY

ADD = reverse("admin:partners_partneraccount_add")
LIST = reverse("admin:partners_partneraccount_changelist")
CALLS = reverse("admin:partners_apicall_changelist")


def change(account: PartnerAccount) -> str:
    return reverse("admin:partners_partneraccount_change", args=[account.pk])


def typed(**changes: str) -> dict[str, str]:
    given = {
        "name": "New partner",
        "environment": "STAGE",
        "company_uuid": str(COMPANY),
        "new_user_key": "typed-user-key",
        "new_vendor_key": "typed-vendor-key",
        "default_method": "visma_sign",
        "calls_per_second": "20",
        "parallel_calls": "8",
        "is_active": "on",
    }
    return {**given, **changes}


def of(simulator) -> dict[str, str]:
    given = simulator.credentials
    return typed(
        environment="SANDBOX",
        company_uuid=given["company_uuid"],
        new_user_key=given["user_api_key"],
        new_vendor_key=given["vendor_api_key"],
        **{name: url for name, url in given.items() if name.endswith("_url")},
    )


def errors(response) -> dict[str, list[str]]:
    return dict(response.context["adminform"].form.errors)


def test_account_is_stored_with_its_keys_encrypted(admin_client):
    response = admin_client.post(ADD, typed())

    assert response.status_code == 302
    account = PartnerAccount.objects.get()
    assert (account.user_key, account.vendor_key, account.sandbox_urls) == ("typed-user-key", "typed-vendor-key", {})


def test_test_button_answers_before_anything_is_saved(admin_client, simulator):
    response = admin_client.post(ADD, {**of(simulator), "test_connection": "1"})

    page = response.content.decode()
    assert response.status_code == 200
    assert "Connected as" in page
    assert "All rights" in page
    assert "Please correct the error" not in page
    assert not PartnerAccount.objects.exists()


def test_test_button_keeps_what_was_typed(admin_client, simulator):
    page = admin_client.post(ADD, {**of(simulator), "test_connection": "1"}).content.decode()

    assert simulator.credentials["user_api_key"] in page
    assert "New partner" in page


def test_test_button_says_which_field_is_wrong_instead_of_calling(admin_client):
    response = admin_client.post(ADD, typed(company_uuid="not a uuid", test_connection="1"))

    assert "company_uuid" in errors(response)
    assert response.context.get("connection") is None


def test_test_of_a_stored_account_uses_its_stored_keys(admin_client, simulator, simulated_account):
    urls = {name: url for name, url in simulator.credentials.items() if name.endswith("_url")}
    given = typed(new_user_key="", new_vendor_key="", test_connection="1", **urls)

    response = admin_client.post(change(simulated_account), given)

    page = response.content.decode()
    assert "Connected as" in page
    assert simulator.credentials["user_api_key"] not in page
    assert ApiCall.objects.filter(account=simulated_account, path="/oauth2/current").exists()


def test_test_changes_no_stored_account(admin_client, simulated_account):
    admin_client.post(change(simulated_account), typed(name="Other", test_connection="1"))

    simulated_account.refresh_from_db()
    assert simulated_account.name == "Partner"


def test_stored_keys_never_come_out(admin_client, make_account):
    page = admin_client.get(change(make_account())).content.decode()

    assert "stored-user-key" not in page
    assert "stored-vendor-key" not in page


def test_empty_keys_keep_what_is_stored(admin_client, make_account):
    account = make_account()

    admin_client.post(change(account), typed(name="Renamed", new_user_key="", new_vendor_key=""))

    account.refresh_from_db()
    assert (account.name, account.user_key, account.vendor_key) == ("Renamed", "stored-user-key", "stored-vendor-key")
    assert account.key_version == 1


def test_new_key_replaces_the_old_one_and_its_tokens(admin_client, make_account):
    account = make_account()

    admin_client.post(change(account), typed(new_user_key="newer-key", new_vendor_key=""))

    account.refresh_from_db()
    assert (account.user_key, account.vendor_key) == ("newer-key", "stored-vendor-key")
    assert account.key_version == 2


def test_environment_and_company_of_a_stored_account_stay(admin_client, make_account):
    account = make_account()

    admin_client.post(change(account), typed(environment="PRODUCTION", company_uuid=str(COMPANY).replace("2", "3")))

    account.refresh_from_db()
    assert (account.environment, account.company_uuid) == ("STAGE", COMPANY)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"new_user_key": ""}, "new_user_key", "needed"),
        ({"new_vendor_key": "typed-user-key"}, "new_vendor_key", "same"),
        ({"new_user_key": str(COMPANY)}, "new_user_key", "not a key"),
        ({"company_uuid": "a1b2c3", "new_user_key": str(COMPANY)}, "company_uuid", "swapped"),
        ({"environment": "SANDBOX"}, "ax_url", "simulator"),
        ({"environment": "SANDBOX", "ax_url": "https://ax.maventa.com"}, "ax_url", "address of Production"),
        ({"environment": "SANDBOX", "ax_url": "https://ax-stage.maventa.com"}, "ax_url", "address of Stage"),
        ({"environment": "SANDBOX", "ax_url": "http://192.168.1.1/ax"}, "ax_url", "on this machine"),
        ({"environment": "SANDBOX", "ax_url": "nonsense"}, "ax_url", "on this machine"),
        ({"parallel_calls": "0"}, "parallel_calls", ""),
        ({"calls_per_second": "0"}, "calls_per_second", ""),
    ],
)
def test_wrong_values_are_explained_at_their_field(admin_client, changes, field, words):
    response = admin_client.post(ADD, typed(**changes))

    assert words in " ".join(errors(response)[field])
    assert not PartnerAccount.objects.exists()


def test_addresses_of_a_simulator_are_not_kept_for_a_real_environment(admin_client):
    admin_client.post(ADD, typed(ax_url="http://127.0.0.1:8001/ax"))

    assert PartnerAccount.objects.get().sandbox_urls == {}


def test_key_that_cannot_be_read_can_be_replaced(admin_client, make_account, settings):
    account = make_account()
    settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]

    assert admin_client.get(LIST).status_code == 200
    assert admin_client.get(change(account)).status_code == 200
    kept = admin_client.post(change(account), typed(new_user_key="", new_vendor_key="v"))
    replaced = admin_client.post(change(account), typed(new_user_key="u", new_vendor_key="v"))

    assert "cannot be read" in " ".join(errors(kept)["new_user_key"])
    assert replaced.status_code == 302


def test_staff_see_their_accounts_only(client, make_account, make_staff):
    theirs, other = make_account("Theirs"), make_account("Other")
    user = make_staff("anna", "partners.view_partneraccount", "partners.change_partneraccount", "partners.view_apicall")
    theirs.staff.add(user)
    ApiCall.objects.create(account=theirs, api="AX", method="GET", path="/v1/theirs", status=200)
    ApiCall.objects.create(account=other, api="AX", method="GET", path="/v1/others", status=200)
    client.force_login(user)

    accounts, log = client.get(LIST).content.decode(), client.get(CALLS).content.decode()

    assert "Theirs" in accounts
    assert "Other" not in accounts
    assert "/v1/theirs" in log
    assert "/v1/others" not in log
    assert client.get(change(other)).status_code == 302
    assert client.post(change(other), typed(test_connection="1")).status_code == 302


def test_connection_of_an_account_is_not_tried_without_the_right_to_change_it(client, make_account, make_staff):
    account = make_account()
    user = make_staff("anna", "partners.view_partneraccount")
    account.staff.add(user)
    client.force_login(user)

    response = client.post(change(account), typed(test_connection="1"))

    assert response.status_code == 403


def test_whoever_makes_an_account_sees_it(client, make_staff):
    client.force_login(make_staff("anna", "partners.add_partneraccount", "partners.view_partneraccount"))

    client.post(ADD, typed())

    assert "New partner" in client.get(LIST).content.decode()


def test_call_log_cannot_be_changed(admin_client, make_account):
    call = ApiCall.objects.create(account=make_account(), api="AX", method="GET", path="/v1/x", status=None, ms=3)
    page = reverse("admin:partners_apicall_change", args=[call.pk])

    assert admin_client.get(page).status_code == 200
    assert admin_client.post(page, {"path": "/other"}).status_code == 403
    assert admin_client.get(reverse("admin:partners_apicall_add")).status_code == 403


@pytest.mark.parametrize(("outcome", "shown"), [("good", "/v1/a"), ("refused", "/v1/b"), ("failed", "/v1/c")])
def test_call_log_is_filtered_by_how_calls_ended(admin_client, make_account, outcome, shown):
    account = make_account()
    for path, status in (("/v1/a", 200), ("/v1/b", 422), ("/v1/c", None)):
        ApiCall.objects.create(account=account, api="AX", method="GET", path=path, status=status)

    page = admin_client.get(CALLS, {"outcome": outcome}).content.decode()

    assert [path for path in ("/v1/a", "/v1/b", "/v1/c") if path in page] == [shown]


def test_call_log_costs_few_queries_at_any_length(admin_client, make_account, django_assert_max_num_queries):
    account = make_account()
    ApiCall.objects.bulk_create(
        ApiCall(account=account, api="AX", method="GET", path="/v1/x", status=200, operation_id=n, company_uuid=COMPANY)
        for n in range(60)
    )

    with django_assert_max_num_queries(10):
        assert admin_client.get(CALLS).status_code == 200
