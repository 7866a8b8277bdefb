"""Pages as a browser gets them, with few and with many companies in the database."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tests.bench.figures import Figure, median_of, prepare

FEW, MANY, TURNS = 2_000, 20_000, 25
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def begin(database: str) -> tuple[Any, Any]:
    """Return a partner account in a fresh database, and a client that is logged in."""
    prepare(database)
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from portal.partners.models import Environment, PartnerAccount

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nothing was collected here
    account = PartnerAccount.objects.create(
        name="Bench", environment=Environment.SANDBOX, company_uuid=uuid4(), user_key="user", vendor_key="vendor"
    )
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    return account, client


def analyze() -> None:
    """Let the planner know how many rows there are, as the database's own housekeeping does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds(client: Any, addresses: Mapping[str, str], marks: Callable[[bytes], bool]) -> dict[str, float]:
    """
    Return the fewest seconds that each page took, rendered: what the machine does beside it only adds.

    :param marks: tells whether what came is the page that was meant
    """
    found = {}
    for name, address in addresses.items():

        def get(address: str = address) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert marks(answer.content), address

        get()
        found[name] = min(median_of(get, 1) for _ in range(TURNS))
    return found


def figures(what: str, database: str, few: Mapping[str, float], many: Mapping[str, float]) -> list[Figure]:
    """Return a figure for each page: many companies against few."""
    return [
        Figure(
            f"{what}, {page}, {NAMES[database]}",
            f"{many[page] * 1000:.1f} ms with {MANY:,} companies",
            f"{few[page] * 1000:.1f} ms with {FEW:,}",
            many[page] / few[page],
        )
        for page in few
    ]
