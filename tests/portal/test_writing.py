"""Rows written in bulk read back as rows saved one by one do, on either database."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DataError, connection, models

from portal.operations.enums import AttemptState
from portal.operations.models import Attempt
from portal.partners.models import ApiCall, Environment, PartnerAccount
from portal.webhooks.models import Subscription
from portal.writing import another, create_many, insert_many, update_many

AT = datetime(2026, 11, 21, 10, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def account(db: None) -> PartnerAccount:
    return PartnerAccount.objects.create(
        name="Partner", environment=Environment.SANDBOX, company_uuid=uuid.uuid4(), user_key="u", vendor_key="v"
    )


def attempt(account: PartnerAccount, **fields: Any) -> Attempt:
    return Attempt(
        account=account,
        kind="tests.kind",
        state=AttemptState.SENDING,
        before={"é": [1, None]},
        started_at=AT,
        deadline_at=AT,
        **fields,
    )


def values(row: models.Model) -> dict[str, Any]:
    stored = type(row)._base_manager.get(pk=row.pk)
    return {
        field.attname: getattr(stored, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }


def test_inserted_row_reads_back_as_a_saved_one(account: PartnerAccount) -> None:
    saved = attempt(account)
    saved.save()
    twin = attempt(account, uuid=uuid.uuid4())

    insert_many([twin])

    twin.pk = Attempt.objects.get(uuid=twin.uuid).pk
    assert values(twin) == {**values(saved), "uuid": twin.uuid}


def test_more_rows_than_a_statement_takes_are_all_inserted(account: PartnerAccount) -> None:
    rows = [
        ApiCall(account=account, at=AT, api="AX", method="GET", path=f"/{number}", status=None, ms=number)
        for number in range(25_000)
    ]

    insert_many(rows)

    assert ApiCall.objects.count() == 25_000
    assert ApiCall.objects.get(ms=24_999).path == "/24999"


def test_updated_columns_are_written_and_the_others_left_alone(account: PartnerAccount) -> None:
    first, second = attempt(account), attempt(account, uuid=uuid.uuid4())
    Attempt.objects.bulk_create([first, second])
    for row in (first, second):
        row.state, row.ended_at, row.error, row.kind = AttemptState.LOST, AT, "why", "not written"

    update_many([first], ("state", "ended_at", "error"))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.ended_at, first.error, first.kind) == ("LOST", AT, "why", "tests.kind")
    assert (second.state, second.ended_at) == ("SENDING", None)


def test_each_of_many_rows_gets_its_own_values(account: PartnerAccount) -> None:
    rows = [attempt(account, uuid=uuid.uuid4()) for _ in range(4)]
    Attempt.objects.bulk_create(rows)
    errors = ["", 'a "word", {braced}', "back\\slash", "NULL"]
    for number, row in enumerate(rows):
        row.error, row.before = errors[number], {"ä": [errors[number], None]}
        row.ended_at = AT + timedelta(seconds=number) if number else None

    update_many(rows, ("error", "before", "ended_at"))

    stored = Attempt.objects.in_bulk([row.pk for row in rows])
    assert [stored[row.pk].error for row in rows] == errors
    assert [stored[row.pk].before for row in rows] == [{"ä": [error, None]} for error in errors]
    assert [stored[row.pk].ended_at for row in rows] == [None, *(AT + timedelta(seconds=late) for late in (1, 2, 3))]


def test_of_a_row_given_twice_the_last_counts(account: PartnerAccount) -> None:
    first = attempt(account)
    first.save()
    last = Attempt.objects.get(pk=first.pk)
    first.error, last.error = "first", "last"

    update_many([first, last], ("error",))

    assert Attempt.objects.get(pk=first.pk).error == "last"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no lengths")
def test_a_text_longer_than_its_column_is_refused_not_cut(account: PartnerAccount) -> None:
    row = attempt(account)
    row.save()
    row.kind = "k" * 1000

    with pytest.raises(DataError):
        update_many([row], ("kind",))


def test_secret_column_is_encrypted_when_many_are_written(account: PartnerAccount) -> None:
    account.user_key = "another key"

    update_many([account], ("user_key",))

    plain = models.Value("", output_field=models.TextField())
    stored = PartnerAccount.objects.annotate(
        raw=models.functions.Concat(models.functions.Cast("user_key", models.TextField()), plain)
    )
    assert "another key" not in str(stored.values_list("raw", flat=True).get())
    account.refresh_from_db()
    assert account.user_key == "another key"


def test_another_is_an_unsaved_row_of_its_own(account: PartnerAccount) -> None:
    alike = Subscription(account=account, company_uuid=account.company_uuid, reach="WEBHOOK")

    one, two = another(alike), another(alike)
    one.remote_id, two.remote_id = "one", "two"
    two.account = None  # type: ignore[assignment]
    one.save()

    assert (alike.remote_id, alike.account, one.account) == ("", account, account)
    assert Subscription.objects.get().remote_id == "one"
    assert two.pk is None


def test_created_rows_know_their_keys(account: PartnerAccount) -> None:
    rows = [attempt(account, uuid=uuid.uuid4()) for _ in range(3)]

    create_many(rows)

    assert [Attempt.objects.get(uuid=row.uuid).pk for row in rows] == [row.pk for row in rows]
    assert not any(row._state.adding for row in rows)
    rows[0].save()
    assert Attempt.objects.count() == 3


def test_rows_that_are_there_already_are_left_out_and_keep_no_key(account: PartnerAccount) -> None:
    first, twin, other = attempt(account), attempt(account), attempt(account, uuid=uuid.uuid4())
    twin.uuid = first.uuid
    create_many([first])

    create_many([twin, other], known_by="uuid")

    assert (twin.pk, Attempt.objects.count()) == (None, 2)
    assert Attempt.objects.get(uuid=other.uuid).pk == other.pk


@pytest.mark.parametrize(
    "at",
    [AT, AT.replace(microsecond=0), AT.astimezone(ZoneInfo("Europe/Helsinki"))],
    ids=["utc", "whole seconds", "another zone"],
)
def test_times_are_kept_as_django_keeps_them(account: PartnerAccount, at: datetime) -> None:
    saved, twin = attempt(account, ended_at=at), attempt(account, uuid=uuid.uuid4(), ended_at=at)
    saved.save()

    create_many([twin])

    assert values(twin)["ended_at"] == values(saved)["ended_at"]
    assert Attempt.objects.filter(ended_at=at).count() == 2
    assert Attempt.objects.filter(ended_at__lt=at + timedelta(microseconds=1)).count() == 2
