"""What no rule removes: what is owed, open, unknown, linked from an open case, or part of a dossier's evidence."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db.models import Model
from django.utils import timezone

from companies import cases
from companies.enums import ImportKind, ImportState
from companies.files import uploads
from companies.models import Authorization, Case, Company, DossierEntry, ImportFile, StateChange
from invoices.enums import Direction, DropState, HandOverWay
from invoices.files import storing
from invoices.models import Drop, HandOver, HandOverTarget, Invoice, InvoiceFile, Upload
from portal.alerts.models import Alert, AlertStep, Destination, Notice, Occasion, Way
from portal.keeping.models import LeftFile, RetentionRule
from portal.operations.enums import AttemptState, BatchState, State
from portal.operations.models import Attempt, Batch, Operation
from portal.partners.models import PartnerAccount
from portal.sync.models import Drift, DriftKind, Gap, Lacking, RunState, SyncRun
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery
from tests.portal.keeping.conftest import call, keep_house

OLD = timezone.now() - timedelta(days=5_000)


@pytest.fixture
def company(account: PartnerAccount) -> Company:
    return Company.objects.create(account=account, uuid=uuid4(), name="Puro Puu Oy", country="FI")


def operation(account: PartnerAccount, target: Model | None = None, **fields: Any) -> Operation:
    about = target or account
    known = {"kind": "x", "state": State.DONE, "created_at": OLD, "settled_at": OLD, "fingerprint": uuid4().hex}
    kind = ContentType.objects.get_for_model(about)
    return Operation.objects.create(account=account, target_type=kind, target_id=about.pk, **(known | fields))


def delivery(account: PartnerAccount, **fields: Any) -> Delivery:
    known = {"digest": uuid4().hex, "state": DeliveryState.DONE, "received_at": OLD}
    return Delivery.objects.create(account=account, **(known | fields))


def left(model: Any) -> list[Any]:
    return list(model.objects.order_by("pk"))


def reasons(kind: str) -> dict[str, int]:
    found: dict[str, int] = keep_house(is_trial=True).steps.get(kind=kind).stayed
    return found


def test_delivery_that_is_not_processed_stays(account: PartnerAccount) -> None:
    delivery(account)
    delivery(account, state=DeliveryState.IGNORED)
    stays = [delivery(account, state=state) for state in (DeliveryState.STORED, DeliveryState.FAILED)]

    keep_house()

    assert left(Delivery) == stays


def test_delivery_and_operation_that_evidence_names_stay(account: PartnerAccount, company: Company) -> None:
    told, other = delivery(account), delivery(account)
    asked, plain = operation(account), operation(account)
    for source, source_id, what in (
        ("delivery", told.pk, "authorization"), ("operation", asked.pk, "state"),
        ("delivery", other.pk, "settings:address"), ("sync", plain.pk, "state"),
    ):  # fmt: skip
        StateChange.objects.create(
            account=account, company=company, what=what, at=OLD, source=source, source_id=source_id
        )
    of_request = operation(account)
    Authorization.objects.create(
        account=account, company=company, email="a@x.example", locale="FI", requested_at=OLD, operation_id=of_request.pk
    )

    keep_house()

    assert left(Delivery) == [told]
    assert left(Operation) == [asked, of_request]


@pytest.mark.parametrize("state", [State.WAITING, State.QUEUED, State.SENDING, State.UNKNOWN])
def test_operation_that_is_owed_or_unknown_stays_with_its_calls_and_attempt(
    account: PartnerAccount, state: State
) -> None:
    attempt = Attempt.objects.create(
        account=account, kind="x", state=AttemptState.LOST, started_at=OLD, deadline_at=OLD, ended_at=OLD
    )
    row = operation(account, state=state, attempt=attempt)
    of_it, of_another = call(account, 4000, operation_id=row.pk), call(account, 4000)

    keep_house()

    assert (left(Operation), left(Attempt)) == ([row], [attempt])
    assert [one.pk for one in left(type(of_it))] == [of_it.pk]
    assert of_another.pk != of_it.pk


def test_operation_of_an_open_case_or_a_running_batch_stays(account: PartnerAccount, company: Company) -> None:
    batch = Batch.objects.create(account=account, kind="x", label="x", state=BatchState.PAUSED, created_at=OLD)
    in_batch, of_case, of_closed = operation(account, batch=batch), operation(account), operation(account)
    for number, (about, closed_at) in enumerate(((of_case, None), (of_closed, OLD))):
        Case.objects.create(
            account=account, company=company, kind="x", key=str(number), step="x", operation=about, closed_at=closed_at
        )

    assert reasons("operations.operations") == {
        "Linked from an open case": 1,
        "Open, outcome unknown, or in a batch that has not ended": 1,
    }
    keep_house()

    assert left(Operation) == [in_batch, of_case]
    assert cases.open_cases([account]).get().operation == of_case


def test_operation_that_sent_what_never_became_an_invoice_stays(account: PartnerAccount, company: Company) -> None:
    known = {"account": account, "company": company, "content_sha256": "0", "sha256": "0", "size": 1}
    lost, arrived = (Upload.objects.create(uuid=uuid4(), name=name, **known) for name in ("lost", "arrived"))
    Invoice.objects.create(account=account, company=company, uuid=arrived.uuid, direction=Direction.SENT)
    stays, _goes = operation(account, lost), operation(account, arrived)

    keep_house()

    assert left(Operation) == [stays]


def test_batch_and_attempt_go_after_their_operations(account: PartnerAccount) -> None:
    batch = Batch.objects.create(
        account=account, kind="x", label="x", state=BatchState.DONE, created_at=OLD, ended_at=OLD
    )
    attempt = Attempt.objects.create(
        account=account, kind="x", state=AttemptState.ANSWERED, started_at=OLD, deadline_at=OLD, ended_at=OLD
    )
    row = operation(account, batch=batch, attempt=attempt, settled_at=timezone.now())

    keep_house()
    assert (left(Batch), left(Attempt)) == ([batch], [attempt])
    Operation.objects.filter(pk=row.pk).update(settled_at=OLD)
    for _time in range(2):  # kinds are walked by name: what one leaves free may go in the next night
        keep_house()

    assert (left(Operation), left(Batch), left(Attempt)) == ([], [], [])


def test_dossiers_are_no_kind_at_all(account: PartnerAccount, company: Company) -> None:
    entry = DossierEntry.objects.create(
        account=account, company=company, sequence=1, kind="state", at=OLD, recorded_at=OLD, hash="0"
    )

    keep_house()

    assert left(DossierEntry) == [entry]


def test_open_gaps_running_syncs_and_open_alerts_stay(account: PartnerAccount) -> None:
    common = {"account": account, "company_uuid": uuid4(), "title": "1001", "known_at": OLD, "found_at": OLD}
    gap = Gap.objects.create(subject="1", lacking=Lacking.LIST, **common)
    Gap.objects.create(subject="2", lacking=Lacking.LIST, closed_at=OLD, **common)
    Drift.objects.create(
        account=account, company_uuid=uuid4(), source="x", subject="1", title="x", kind=DriftKind.GONE, found_at=OLD
    )
    running = SyncRun.objects.create(account=account, source="x", lease=uuid4(), started_at=OLD)
    SyncRun.objects.create(account=account, source="x", lease=uuid4(), started_at=OLD, state=RunState.DONE)
    alert = Alert.objects.create(account=account, kind="a", text="x", opened_at=OLD)
    Alert.objects.create(account=account, kind="b", text="x", opened_at=OLD, ended_at=OLD)

    keep_house()

    assert (left(Gap), left(Drift), left(SyncRun), left(Alert)) == ([gap], [], [running], [alert])


def test_ended_alert_goes_with_its_notices_and_their_operations_unless_one_is_on_its_way(
    account: PartnerAccount,
) -> None:
    to = Destination.objects.create(name="Desk", way=Way.MAIL, recipients="a@x.example")
    rows = []
    for state in (State.DONE, State.QUEUED):
        alert = Alert.objects.create(account=account, kind=state, text="x", opened_at=OLD, ended_at=OLD)
        step = AlertStep.objects.create(alert=alert, occasion=Occasion.OPENED)
        notice = Notice.objects.create(account=account, step=step, destination=to)
        operation(account, notice, state=state, settled_at=timezone.now())
        rows.append(alert)

    keep_house()

    assert left(Alert) == [rows[1]]
    assert Notice.objects.count() == Operation.objects.count() == 1


@pytest.fixture
def import_file(account: PartnerAccount) -> ImportFile:
    path = uploads.keep(b"name,bid", account.pk)
    return ImportFile.objects.create(
        account=account, name="x.csv", kind=ImportKind.CSV, sha256="0", path=path, created_at=OLD
    )


def test_file_that_nobody_carried_out_goes_whole(import_file: ImportFile) -> None:
    keep_house()

    assert not ImportFile.objects.exists()
    assert not default_storage.exists(import_file.path)


def test_of_a_file_that_was_carried_out_only_the_content_goes(import_file: ImportFile) -> None:
    ImportFile.objects.update(started_at=OLD, state=ImportState.DONE)

    keep_house()

    assert ImportFile.objects.get().path == ""
    assert not default_storage.exists(import_file.path)


def test_file_goes_only_when_the_removal_of_its_row_is_committed(
    import_file: ImportFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_args: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("portal.keeping.files.remove_left", die)
    with pytest.raises(KeyboardInterrupt):
        keep_house()

    assert not ImportFile.objects.exists()
    assert default_storage.exists(import_file.path)
    assert [one.path for one in LeftFile.objects.all()] == [import_file.path], "the next worker finds it"


@pytest.fixture
def kept_files(account: PartnerAccount, company: Company) -> list[InvoiceFile]:
    """Files of three received invoices: acknowledged; not yet; acknowledged, but not at the customer's yet."""
    RetentionRule.objects.filter(kind="invoices.files").update(is_on=True)
    target = HandOverTarget.objects.create(account=account, name="ERP", way=HandOverWay.FOLDER, folder="x")
    rows = []
    for number, handled_at in (("1", OLD), ("2", None), ("3", OLD)):
        invoice = Invoice.objects.create(
            account=account, company=company, uuid=uuid4(), number=number, direction=Direction.RECEIVED,
            handled_at=handled_at,
        )  # fmt: skip
        stored = storing.store(number.encode())
        rows.append(
            InvoiceFile.objects.create(
                invoice=invoice, kind="ORIGINAL", name=number, size=1, sha256=stored.sha256, stored_at=OLD
            )
        )
    HandOver.objects.create(account=account, target=target, invoice=rows[2].invoice)
    return rows


def test_files_of_invoices_that_are_owed_or_not_acknowledged_stay(kept_files: list[InvoiceFile]) -> None:
    keep_house()

    assert left(InvoiceFile) == kept_files[1:]
    assert [storing.is_there(file.sha256) for file in kept_files] == [False, True, True]
    assert Invoice.objects.count() == 3


def test_bytes_that_another_row_names_stay(kept_files: list[InvoiceFile], company: Company) -> None:
    Upload.objects.create(
        account=company.account, company=company, uuid=uuid4(), content_sha256="0", sha256=kept_files[0].sha256, size=1
    )

    keep_house()

    assert left(InvoiceFile) == kept_files[1:]
    assert storing.is_there(kept_files[0].sha256)


def test_drop_that_is_being_read_stays_and_a_read_one_loses_its_content(account: PartnerAccount) -> None:
    stored = storing.store(b"zip")
    given = [{"path": "a.zip", "sha256": stored.sha256, "size": 3}]
    rows = [
        Drop.objects.create(account=account, state=state, given=given, created_at=OLD)
        for state in (DropState.READ, DropState.READING, DropState.GIVING)
    ]

    keep_house()

    assert list(Drop.objects.order_by("pk").values_list("pk", "given")) == [(rows[0].pk, []), (rows[1].pk, given)]
    assert storing.is_there(stored.sha256), "the one that is being read needs it"
    Drop.objects.filter(pk=rows[1].pk).update(state=DropState.READ)
    keep_house()
    assert not storing.is_there(stored.sha256)
