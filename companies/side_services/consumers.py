"""
How Norwegian consumers receive invoices: one question, or a pasted list. Answers are shown and forgotten.

A line of a list is one key: e-mail, phone, eFaktura identifier or personal number. Which it is, its form tells.
"""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from companies import clients, services
from companies.models import Company
from portal import maventa
from portal.maventa.records import CallRecord
from portal.operations.handlers import Text
from portal.partners import calls as call_log

MOST = 100  # lines of one list: each is a call, and somebody waits for the page
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Asked:
    """One consumer that is asked for: what is shown of the key, and the contract's parameters."""

    shown: str
    parameters: Mapping[str, str]
    error: Text = ""
    routes: dict[str, services.national.ConsumerRoute] = field(default_factory=dict)

    @property
    def receives(self) -> bool:
        return any(route.status == "RECEIVING" for route in self.routes.values())


def read_list(text: str) -> list[Asked]:
    """Return the lines of a pasted list, each once and in order; one that is no key carries its error."""
    lines = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
    return [read_key(line) for line in lines]


def read_key(line: str) -> Asked:
    """Return what one key is."""
    if _EMAIL.fullmatch(line):
        return Asked(line, {"email": line})
    digits = re.sub(r"[\s.\-]", "", line.removeprefix("+47"))
    if not _DIGITS.fullmatch(digits):
        return Asked(line, {}, _("This is no e-mail, phone number, eFaktura identifier or personal number."))
    if len(digits) == 8:
        return Asked(line, {"phone_number": f"+47{digits}"})
    if len(digits) == 11 and not line.startswith("+"):
        return Asked(masked(digits), {"ssn": digits})
    if 9 <= len(digits) <= 10:
        return Asked(line, {"efaktura_identifier": digits})
    return Asked(
        masked(digits), {}, _("8 digits are a phone number, 9 or 10 an eFaktura identifier, 11 a personal id.")
    )


def masked(number: str) -> str:
    """Return a personal number as it may be shown: the date of birth, without what names the person."""
    return f"{number[:6]}•••••"


def ask(company: Company, asked: Sequence[Asked]) -> None:
    """Fill in how each consumer receives; an error stays with its line."""
    records: list[CallRecord] = []
    client = clients.for_company(company, log=records.append)
    service = services.ConsumerService(client)
    wanted = [item for item in asked if item.parameters and not item.error]
    with ThreadPoolExecutor(max_workers=company.account.parallel_calls) as pool:
        list(pool.map(lambda item: _ask_one(service, item), wanted))
    call_log.store(company.account_id, records)


def _ask_one(service: services.ConsumerService, item: Asked) -> None:
    try:
        item.routes = service.look_up(**item.parameters).named_routes()
    except maventa.MaventaError as error:
        item.error = error.staff_text
