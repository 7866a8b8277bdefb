"""Deliveries stored per second through the webhook's view, against a bare insert into the same table."""

import json
import sys
import time
import uuid
from collections.abc import Callable

from tests.bench.figures import Figure, prepare, report

DELIVERIES, ROUNDS = 400, 5


def rate(act: Callable[[int], object], first: int) -> float:
    """Return how many a second."""
    began = time.perf_counter()
    for number in range(first, first + DELIVERIES):
        act(number)
    return DELIVERIES / (time.perf_counter() - began)


def event(number: int) -> bytes:
    data = {"invoice_id": str(uuid.uuid4()), "number": number, "status": "DELIVERED", "text": "x" * 400}
    happened = {"event": "DOCUMENTS.INVOICE.DELIVERED", "company_id": str(uuid.uuid4()), "event_data": data}
    return json.dumps({**happened, "event_timestamp": "2026-11-21T08:00:00Z"}).encode()


def main(database: str) -> None:
    prepare(database)
    from django.db import connection
    from django.test import RequestFactory

    from portal.partners.models import Environment, PartnerAccount
    from portal.webhooks import keys
    from portal.webhooks.models import Delivery
    from portal.webhooks.views import intake

    account = PartnerAccount.objects.create(
        name="Bench", environment=Environment.SANDBOX, company_uuid=uuid.uuid4(), user_key="u", vendor_key="v"
    )
    secret = keys.issue(account)
    requests = RequestFactory()

    def ours(number: int) -> None:
        request = requests.post("/hooks/", data=event(number), content_type="application/json")
        assert intake(request, account.key, secret.secret).status_code == 204

    ours(0)
    row = Delivery.objects.values_list().get()
    columns = [field.column for field in Delivery._meta.concrete_fields][1:]
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    statement = f'INSERT INTO "{Delivery._meta.db_table}" ({names}) VALUES ({marks})'
    prepared = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(Delivery._meta.concrete_fields[1:], row[1:], strict=True)
    ]

    def bare(_number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, prepared)

    rounds = [(rate(ours, n * DELIVERIES), rate(bare, n * DELIVERIES)) for n in range(ROUNDS)]
    stored, inserted = (sorted(pair[side] for pair in rounds)[ROUNDS // 2] for side in (0, 1))
    name = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[database]
    report(
        Figure(
            f"webhook deliveries stored, one client, {name}",
            f"{stored:.0f} a second",
            f"{inserted:.0f} a second, one INSERT each",
            inserted / stored,
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
