"""What `check` and `doctor` say of partner accounts."""

import pytest
from cryptography.fernet import Fernet

from portal.doctor import Level
from portal.partners.doctor import look_at_accounts
from portal.partners.models import PartnerAccount
from portal.partners.system_checks import check_accounts


def ids() -> list[str]:
    return [message.id for message in check_accounts(databases=["default"])]


def test_good_account_passes(make_account):
    make_account()

    assert ids() == []


def test_keys_that_cannot_be_read_are_told(make_account, settings):
    make_account()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    assert ids() == ["partners.W001"]


def test_sandbox_account_with_a_real_host_is_told(make_account):
    make_account(environment="SANDBOX", sandbox_urls={"ax_url": "https://ax.maventa.com"})

    assert ids() == ["partners.W002"]


def test_account_that_is_not_in_use_is_not_looked_at(make_account):
    make_account(environment="SANDBOX", is_active=False)

    assert ids() == []


def test_check_asks_no_database_when_none_is_given(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert check_accounts(databases=None) == []


def test_doctor_tries_each_account(simulated_account):
    findings = list(look_at_accounts())

    assert {finding.subject for finding in findings} == {"account Partner"}
    assert {finding.level for finding in findings} == {Level.OK}


def test_doctor_says_how_to_mend_an_account(simulated_account):
    PartnerAccount.objects.update(user_key="withdrawn")

    (finding,) = look_at_accounts()

    assert finding.level is Level.FAIL
    assert "does not accept" in str(finding.text)
    assert str(finding.mend)


@pytest.mark.django_db
def test_doctor_misses_an_account():
    (finding,) = look_at_accounts()

    assert finding.level is Level.WARN
