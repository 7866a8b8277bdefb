"""
The API contracts of AutoInvoice as data: five OpenAPI 3.0 files, the event catalogue, networks and Peppol schemes.

Read by the simulator, by tests, and by companies for networks and schemes. Loaded once per process; callers must not
change what they get.
"""

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

APIS = ("ax", "receivables", "validator", "payslip", "billing")

_HERE = Path(__file__).parent


@cache
def load(api: str) -> dict[str, Any]:
    """Return the OpenAPI document of one API, one of `APIS`."""
    return _json(f"{api}.openapi.json")


@cache
def networks() -> dict[str, Any]:
    """Return networks, profiles with versions and markets, schemes by country, identifiers and limits."""
    return _json("networks.json")


@cache
def webhooks() -> dict[str, Any]:
    """Return the event catalogue: categories, envelope, payload fields, delivery rules."""
    return _json("webhooks.json")


@cache
def schemes() -> tuple[dict[str, str], ...]:
    """Return all Peppol identifier schemes, one dict per row of the code list, keyed by its column names."""
    with (_HERE / "peppol_schemes.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _json(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_HERE / name).read_text(encoding="utf-8"))
    return document
