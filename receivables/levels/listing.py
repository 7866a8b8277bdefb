"""Service levels: their words, business ids as AutoInvoice keeps them, who has them, and lists that staff paste."""

import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import business_ids
from companies.models import Company
from portal.operations.handlers import NotQueueableError
from receivables import personal
from receivables.collection.agencies import FULL
from receivables.enums import Agency
from receivables.models import CollectionService, ServiceLevel

DEFAULT = "default"
LEVELS: dict[str, str | Promise] = {
    DEFAULT: gettext_lazy("Default"),
    "premium": gettext_lazy("Premium"),
    "vip": gettext_lazy("VIP"),
    "service_bypass": gettext_lazy("Left out of the service"),
}
WHAT: dict[str, str | Promise] = {
    DEFAULT: gettext_lazy("reminded and collected like everybody"),
    "premium": gettext_lazy("treated with more care than others"),
    "vip": gettext_lazy("treated with most care"),
    "service_bypass": gettext_lazy("no reminders and no collection: you follow the payments yourself"),
}
MOST_ROWS = 1000
_ROW = re.compile(r"[;,\t]")
_ID = re.compile(r"[A-Z0-9]{2,30}")


class WrongRowError(ValueError):
    """A business id or level that cannot be; the text is for staff."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line that staff gave: what it says, or what is wrong with it."""

    number: int
    text: str
    business_id: str = ""
    level: str = ""
    error: str = ""


def word(level: str) -> str | Promise:
    """Return the level's name; one that we do not know as it came."""
    return LEVELS.get(level, level)


def compact(text: str, country: str) -> str:
    """
    Return a customer's business id as AutoInvoice keeps it: capitals and digits.

    :raises WrongRowError: it breaks its country's rules, or is a person's number
    """
    plain = re.sub(r"[\s.-]", "", text).upper()
    if personal.holds_number(text) or not _ID.fullmatch(plain):
        raise WrongRowError(_("This is no business id. Consumers have no service level."))
    try:
        return business_ids.parse(country, text).identity
    except business_ids.InvalidBusinessIdError as error:
        if plain[:2].isalpha() and not plain.startswith(country):  # a customer abroad, with its VAT prefix
            return plain
        raise WrongRowError(error.text) from error


def rows_of(text: str, company: Company, level: str) -> list[Row]:
    """
    Read lines of a business id, and a level if it is another than the chosen one.

    :raises WrongRowError: too many lines
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ROWS:
        raise WrongRowError(_("At most %(most)d lines at a time.") % {"most": MOST_ROWS})
    seen: set[str] = set()
    found = []
    for number, line in enumerate(lines, start=1):
        row = _row(number, line, company.country, level)
        if row.business_id in seen and not row.error:
            row = Row(number, line, error=_("This customer stands in an earlier line already."))
        seen.add(row.business_id)
        found.append(row)
    return found


def _row(number: int, line: str, country: str, level: str) -> Row:
    given, *rest = (part.strip() for part in _ROW.split(line))
    wanted = rest[0].casefold() if rest and rest[0] else level
    if wanted not in LEVELS:
        return Row(number, line, error=_("There is no level %(word)s.") % {"word": wanted[:40]})
    try:
        return Row(number, line, compact(given, country), wanted)
    except WrongRowError as error:
        return Row(number, line, error=str(error))


def has_kassavirta(company: Company) -> bool:
    """Tell whether Kassavirta works for the company: levels exist nowhere else."""
    active = CollectionService.objects.active().filter(company=company, agency=Agency.AMILI)
    return active.filter(service_type=FULL).exists()


def check_kassavirta(company: Company) -> None:
    """:raises NotQueueableError: the company has no Kassavirta"""
    if not has_kassavirta(company):
        raise NotQueueableError(
            _("Service levels are a part of Kassavirta, which does not work for this company."),
            _("Activate it under Collection, or look the agencies up."),
        )


def note(company: Company, business_id: str, level: str, name: str = "") -> None:
    """Write that AutoInvoice has a customer on this level; the default is not kept."""
    if level == DEFAULT:
        ServiceLevel.objects.filter(company=company, business_id=business_id).delete()
        return
    values = {"level": level, "fact_at": timezone.now()} | ({"name": name} if name else {})
    ServiceLevel.objects.update_or_create(
        account_id=company.account_id, company=company, business_id=business_id, defaults=values
    )
