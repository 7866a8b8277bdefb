"""The field key can be changed without losing a secret."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from portal.partners import fields, rotation
from portal.partners.models import PartnerAccount

pytestmark = pytest.mark.django_db


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select user_key from partners_partneraccount order by id")
        return [row[0] for row in cursor.fetchall()]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_field_keys", *arguments, stdout=out)
    return out.getvalue()


def test_every_encrypted_column_of_the_project_is_found():
    found = {f"{model._meta.label}.{column.name}" for model, column in rotation.columns()}

    assert {"partners.PartnerAccount.user_key", "partners.PartnerAccount.vendor_key"} <= found
    assert {"companies.Company.business_id_secret", "webhooks.Delivery.body"} <= found


def test_old_key_can_be_dropped_after_the_change(make_account, settings):
    make_account("one", user_key="secret one")
    make_account("two", user_key="secret two")
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, old]

    shown = run()

    settings.FIELD_KEYS = [new]
    assert [account.user_key for account in PartnerAccount.objects.order_by("name")] == ["secret one", "secret two"]
    assert "partners.PartnerAccount.user_key: 2 written, 0 current, 0 unreadable" in shown
    assert "secret one" not in shown


def test_second_run_writes_nothing(make_account, settings):
    make_account()
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    run()
    before = stored()

    shown = run()

    assert stored() == before
    assert "user_key: 0 written, 1 current" in shown


def test_check_writes_nothing_and_says_that_the_old_key_is_needed(make_account, settings):
    make_account()
    before = stored()
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]

    with pytest.raises(CommandError, match="still needed"):
        run("--check")
    assert stored() == before
    run()
    run("--check")


def test_value_that_no_key_opens_is_named_and_left_alone(make_account, settings):
    account = make_account()
    before = stored()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match=rf"PartnerAccount.user_key {account.pk}\b"):
        run()
    assert stored() == before


def test_value_that_changes_meanwhile_is_not_overwritten(make_account, settings, monkeypatch):
    account = make_account(user_key="before")
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]

    def renew(raw: str) -> str:
        PartnerAccount.objects.filter(pk=account.pk).update(user_key="after")
        return fields.encrypt(fields.decrypt(raw))

    monkeypatch.setattr(rotation.fields, "renew", renew)
    rotation.rotate(PartnerAccount, PartnerAccount._meta.get_field("user_key"), write=True)

    account.refresh_from_db()
    assert account.user_key == "after"


def test_pages_are_gone_through_to_the_end(make_account, settings, monkeypatch):
    monkeypatch.setattr(rotation, "_PAGE", 2)
    for number in range(5):
        make_account(f"account {number}", user_key="")
    make_account("last")
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]

    result = rotation.rotate(PartnerAccount, PartnerAccount._meta.get_field("user_key"), write=True)

    assert (result.written, result.current) == (1, 0)
