"""Secrets at rest."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from portal.partners import fields
from portal.partners.models import PartnerAccount


@given(st.text())
def test_text_comes_back_as_it_was(text):
    assert fields.decrypt(fields.encrypt(text)) == text


def test_database_holds_no_plain_text(make_account):
    make_account(user_key="a very plain key")

    with connection.cursor() as cursor:
        cursor.execute("select * from partners_partneraccount")
        assert "a very plain key" not in str(cursor.fetchall())


def test_same_text_is_stored_differently_each_time():
    assert fields.encrypt("key") != fields.encrypt("key")


def test_wrong_key_is_an_error_and_not_nonsense(make_account, settings):
    make_account()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(fields.WrongFieldKeyError):
        PartnerAccount.objects.get()


def test_text_that_was_never_encrypted_is_an_error():
    with pytest.raises(fields.WrongFieldKeyError):
        fields.decrypt("plain")


def test_missing_key_is_named(settings):
    settings.FIELD_KEYS = []

    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        fields.encrypt("x")


@pytest.mark.parametrize("lookup", ["exact", "icontains", "in", "startswith"])
def test_secret_cannot_be_searched(lookup):
    with pytest.raises(FieldError):
        PartnerAccount.objects.filter(**{f"user_key__{lookup}": "x"})
